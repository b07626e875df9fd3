package store

import (
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// standbyVersion counts the changes of the form below that an older program
// could not read.
const standbyVersion = 1

type standbyForm struct {
	Version  int           `json:"version"`
	Schema   int64         `json:"schema"` // of the database that it follows
	Oldest   int64         `json:"oldest,omitempty"`
	Node     string        `json:"node"`
	Villages []villageForm `json:"villages"`
	Accounts []accountForm `json:"accounts"`
	Tokens   []tokenForm   `json:"tokens"`
}

type villageForm struct {
	Key        string              `json:"key"`
	Name       string              `json:"name"`
	Commune    string              `json:"commune"`
	Zone       string              `json:"zone"`
	Languages  []string            `json:"languages"`
	Allowed    []windowForm        `json:"allowed"`
	Rules      scheduler.RulesForm `json:"rules,omitzero"`
	Exceptions []exceptionForm     `json:"exceptions,omitempty"`
	Missing    string              `json:"missing,omitempty"`
	Pause      int64               `json:"pause,omitempty"`
	Revision   int64               `json:"revision"`
	Approvals  *rulesForm          `json:"approvals,omitempty"`
	Publicity  publicityForm       `json:"publicity,omitzero"`
	Volume     int                 `json:"volume,omitempty"`
}

// publicityForm is what stands on the public board.
type publicityForm struct {
	Board   string `json:"board,omitempty"`
	Indexed bool   `json:"indexed,omitempty"`
	Address string `json:"address,omitempty"`
}

// exceptionForm is an exception that stands.
type exceptionForm struct {
	ID           string   `json:"id"`
	Announcement string   `json:"announcement,omitempty"`
	Slot         string   `json:"slot,omitempty"`
	From         stamp    `json:"from"`
	To           stamp    `json:"to"`
	Rules        []string `json:"rules"`
	Reason       string   `json:"reason"`
	RequestedBy  string   `json:"requested_by"`
	DecidedBy    string   `json:"decided_by"`
	Decided      stamp    `json:"decided"`
}

func formException(e scheduler.Exception) exceptionForm {
	return exceptionForm{
		ID: e.ID, Announcement: e.Announcement, Slot: e.Slot, From: stamp{e.From}, To: stamp{e.To}, Reason: e.Reason,
		Rules:       each(e.Rules, func(l scheduler.Lift) string { return string(l) }),
		RequestedBy: e.RequestedBy, DecidedBy: e.DecidedBy, Decided: stamp{e.Decided},
	}
}

func readException(f exceptionForm) scheduler.Exception {
	return scheduler.Exception{
		Owned: scheduler.Owned{ID: f.ID}, Announcement: f.Announcement, Slot: f.Slot, From: f.From.Time, To: f.To.Time, Reason: f.Reason,
		Rules:       each(f.Rules, func(l string) scheduler.Lift { return scheduler.Lift(l) }),
		RequestedBy: f.RequestedBy, DecidedBy: f.DecidedBy, Decided: f.Decided.Time, Approved: true,
	}
}

// accountForm holds the hashes of a password and a PIN, never these.
type accountForm struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Role     string `json:"role"`
	Village  string `json:"village,omitempty"`
	Password string `json:"password"`
	Created  stamp  `json:"created"`
	Disabled stamp  `json:"disabled,omitzero"`
	Revision int64  `json:"revision"`
	PIN      string `json:"pin,omitempty"`
	Signouts int64  `json:"signouts,omitempty"`
}

type tokenForm struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Role      string `json:"role"`
	Village   string `json:"village,omitempty"`
	Emergency bool   `json:"emergency,omitempty"`
	Hash      string `json:"hash"`
	Created   stamp  `json:"created"`
	Expires   stamp  `json:"expires,omitzero"`
	Revoked   stamp  `json:"revoked,omitzero"`
	Feed      bool   `json:"feed,omitempty"`
	Owner     string `json:"owner,omitempty"`
}

func formVillage(v scheduler.Village) villageForm {
	return villageForm{
		Key: v.Key, Name: v.Name, Commune: v.Commune, Zone: v.Zone, Languages: v.Languages, Missing: string(v.Missing), Pause: int64(v.Pause), Revision: v.Revision,
		Approvals: formRules(v.Approvals), Publicity: publicityForm{string(v.Publicity.Board), v.Publicity.Indexed, v.Publicity.Address}, Volume: v.Volume,
		Rules: scheduler.FormOf(nil, v.Rules), Exceptions: each(v.Exceptions, formException),
		Allowed: each(v.Allowed, func(w scheduler.Window) windowForm {
			return windowForm{From: int(w.From), To: int(w.To), Days: int(w.Days)}
		}),
	}
}

func readVillage(f villageForm) scheduler.Village {
	_, ruled, _ := f.Rules.Read() // what cannot be read of it rules nothing: the file is ours
	return scheduler.Village{
		Key: f.Key, Name: f.Name, Commune: f.Commune, Zone: f.Zone, Languages: f.Languages, Missing: scheduler.MissingRule(f.Missing), Pause: time.Duration(f.Pause), Revision: f.Revision,
		Approvals: readRules(f.Approvals), Publicity: scheduler.Publicity{Board: scheduler.BoardState(f.Publicity.Board), Indexed: f.Publicity.Indexed, Address: f.Publicity.Address}, Volume: f.Volume,
		Rules: ruled, Exceptions: each(f.Exceptions, readException),
		Allowed: each(f.Allowed, func(w windowForm) scheduler.Window {
			return scheduler.Window{From: scheduler.TimeOfDay(w.From), To: scheduler.TimeOfDay(w.To), Days: scheduler.Weekdays(w.Days)}
		}),
	}
}

func formAccount(a people.Account) accountForm {
	return accountForm{
		ID: a.ID, Name: a.Name, Role: string(a.Role), Village: a.Village, Password: a.Password,
		Created: stamp{a.Created}, Disabled: stamp{a.Disabled}, Revision: a.Revision, PIN: a.PIN, Signouts: a.Signouts,
	}
}

func readAccount(f accountForm) people.Account {
	return people.Account{
		ID: f.ID, Name: f.Name, Role: people.Role(f.Role), Village: f.Village, Password: f.Password,
		Created: f.Created.Time, Disabled: f.Disabled.Time, Revision: f.Revision, PIN: f.PIN, Signouts: f.Signouts,
	}
}

func formToken(t people.Token) tokenForm {
	return tokenForm{
		ID: t.ID, Name: t.Name, Role: string(t.Role), Village: t.Village, Emergency: t.Emergency, Hash: t.Hash, Feed: t.Feed, Owner: t.Owner,
		Created: stamp{t.Created}, Expires: stamp{t.Expires}, Revoked: stamp{t.Revoked},
	}
}

func readToken(f tokenForm) people.Token {
	return people.Token{
		ID: f.ID, Name: f.Name, Role: people.Role(f.Role), Village: f.Village, Emergency: f.Emergency, Hash: f.Hash, Feed: f.Feed, Owner: f.Owner,
		Created: f.Created.Time, Expires: f.Expires.Time, Revoked: f.Revoked.Time,
	}
}
