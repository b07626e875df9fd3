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
	Node     string        `json:"node"`
	Villages []villageForm `json:"villages"`
	Accounts []accountForm `json:"accounts"`
	Tokens   []tokenForm   `json:"tokens"`
}

type villageForm struct {
	Key       string       `json:"key"`
	Name      string       `json:"name"`
	Commune   string       `json:"commune"`
	Zone      string       `json:"zone"`
	Languages []string     `json:"languages"`
	Allowed   []windowForm `json:"allowed"`
	Missing   string       `json:"missing,omitempty"`
	Pause     int64        `json:"pause,omitempty"`
	Revision  int64        `json:"revision"`
	Approvals *rulesForm   `json:"approvals,omitempty"`
}

// accountForm holds the hash of a password, never the password.
type accountForm struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Role     string `json:"role"`
	Village  string `json:"village,omitempty"`
	Password string `json:"password"`
	Created  stamp  `json:"created"`
	Disabled stamp  `json:"disabled,omitzero"`
	Revision int64  `json:"revision"`
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
}

func formVillage(v scheduler.Village) villageForm {
	return villageForm{
		Key: v.Key, Name: v.Name, Commune: v.Commune, Zone: v.Zone, Languages: v.Languages, Missing: string(v.Missing), Pause: int64(v.Pause), Revision: v.Revision,
		Approvals: formRules(v.Approvals),
		Allowed: each(v.Allowed, func(w scheduler.Window) windowForm {
			return windowForm{From: int(w.From), To: int(w.To), Days: int(w.Days)}
		}),
	}
}

func readVillage(f villageForm) scheduler.Village {
	return scheduler.Village{
		Key: f.Key, Name: f.Name, Commune: f.Commune, Zone: f.Zone, Languages: f.Languages, Missing: scheduler.MissingRule(f.Missing), Pause: time.Duration(f.Pause), Revision: f.Revision,
		Approvals: readRules(f.Approvals),
		Allowed: each(f.Allowed, func(w windowForm) scheduler.Window {
			return scheduler.Window{From: scheduler.TimeOfDay(w.From), To: scheduler.TimeOfDay(w.To), Days: scheduler.Weekdays(w.Days)}
		}),
	}
}

func formAccount(a people.Account) accountForm {
	return accountForm{
		ID: a.ID, Name: a.Name, Role: string(a.Role), Village: a.Village, Password: a.Password,
		Created: stamp{a.Created}, Disabled: stamp{a.Disabled}, Revision: a.Revision,
	}
}

func readAccount(f accountForm) people.Account {
	return people.Account{
		ID: f.ID, Name: f.Name, Role: people.Role(f.Role), Village: f.Village, Password: f.Password,
		Created: f.Created.Time, Disabled: f.Disabled.Time, Revision: f.Revision,
	}
}

func formToken(t people.Token) tokenForm {
	return tokenForm{
		ID: t.ID, Name: t.Name, Role: string(t.Role), Village: t.Village, Emergency: t.Emergency, Hash: t.Hash,
		Created: stamp{t.Created}, Expires: stamp{t.Expires}, Revoked: stamp{t.Revoked},
	}
}

func readToken(f tokenForm) people.Token {
	return people.Token{
		ID: f.ID, Name: f.Name, Role: people.Role(f.Role), Village: f.Village, Emergency: f.Emergency, Hash: f.Hash,
		Created: f.Created.Time, Expires: f.Expires.Time, Revoked: f.Revoked.Time,
	}
}
