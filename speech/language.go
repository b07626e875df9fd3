package speech

// Language is one language that a village may speak.
type Language struct {
	Code     string // ISO 639, "vi"
	Name     string // in Vietnamese, for people
	NameEN   string // in English
	HasVoice bool   // whether an engine of this package can speak it at all
}

// Languages lists the languages that notices are told in, Vietnamese first.
// Those without a voice are told by recordings alone: no engine known in 2026
// speaks them.
func Languages() []Language {
	return []Language{
		{Code: "vi", Name: "Tiếng Việt", NameEN: "Vietnamese", HasVoice: true},
		{Code: "pcc", Name: "Tiếng Giáy", NameEN: "Giáy"},
		{Code: "mww", Name: "Tiếng Hmông", NameEN: "Hmong"},
		{Code: "tyz", Name: "Tiếng Tày", NameEN: "Tày"},
		{Code: "ium", Name: "Tiếng Dao", NameEN: "Dao"},
		{Code: "en", Name: "Tiếng Anh", NameEN: "English", HasVoice: true},
	}
}
