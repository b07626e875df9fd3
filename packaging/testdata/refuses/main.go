// Command refuses stands for a version that does not take the data of a board.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "migrate" {
		fmt.Fprintln(os.Stderr, "loalang: the copy was not taken, for the test wants it so")
		os.Exit(1)
	}
	fmt.Println("loalang refuses")
}
