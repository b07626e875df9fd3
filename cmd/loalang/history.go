package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"loalang/people"
	"loalang/store"
	"loalang/web"
)

func (p program) historyCommand() *cobra.Command {
	var q people.HistoryQuery
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "history",
		Short: "Print who changed what, the newest first",
		Long:  "Print who changed what, the newest first. Nothing of the history is ever altered or deleted.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if q.Limit < 1 || q.Limit > 500 {
				return usagef("--number %d: write 1 to 500", q.Limit)
			}
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				v, loc, err := place(ctx, db, s.Village)
				if err != nil {
					return err
				}
				q.Village, q.Common = v.Key, true
				list, err := db.History(ctx, q)
				if err != nil {
					return err
				}
				if asJSON {
					enc := json.NewEncoder(cmd.OutOrStdout())
					enc.SetIndent("", "  ")
					return enc.Encode(web.HistoryDocument(list))
				}
				for _, c := range list {
					if _, err := fmt.Fprintln(cmd.OutOrStdout(), historyLine(c, loc)); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	addFlags(cmd.Flags(), "data", "village")
	cmd.Flags().Lookup("village").Usage = "key of the village"
	cmd.Flags().StringVar(&q.About, "announcement", "", "only what happened to this announcement (ID) and what belongs to it")
	cmd.Flags().StringVar(&q.Kind, "kind", "", "only one kind of record, such as schedules")
	cmd.Flags().StringVar(&q.Actor, "by", "", "only what somebody of this name did")
	cmd.Flags().Int64Var(&q.Before, "before", 0, "only entries before this number")
	cmd.Flags().IntVarP(&q.Limit, "number", "n", 50, "how many entries, 1 to 500")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, as the API does, with every field before and after")
	return cmd
}

// historyLine is an entry in one line: its number, when, who and how, what, and
// which fields.
func historyLine(c people.Change, loc *time.Location) string {
	var fields []string
	for _, f := range c.Fields {
		fields = append(fields, f.Name)
	}
	return fmt.Sprintf("%d\t%s\t%s (%s)\t%s\t%s\t%s\t%s", c.ID, c.At.In(loc).Format("2006-01-02 15:04:05"), c.Actor.Name, c.Actor.Way, c.Deed, c.Kind, c.Record, strings.Join(fields, ","))
}
