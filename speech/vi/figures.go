package vi

// figures reads what begins with digits, their sign or their currency. The more
// special classes come first.
func (ts tokens) figures(i int) (reading, bool) {
	return first(ts, i, tokens.document, tokens.keyWithLetters, tokens.phone, tokens.plate, tokens.coordinate, tokens.placeNumber,
		tokens.dateRange, tokens.dayList, tokens.date, tokens.time, tokens.fraction, tokens.quantity, tokens.plus, tokens.span)
}

// besideNumbers reads the words that only stand with numbers: Km98+500, CV 123, một kg.
func (ts tokens) besideNumbers(i int) (reading, bool) {
	return first(ts, i, tokens.currencyPair, tokens.kilometreMark, tokens.letterNumber, tokens.loneUnit)
}
