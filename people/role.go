package people

import (
	"slices"
	"strings"
)

// Roles lists every Role, the mightiest first.
func Roles() []Role { return []Role{Admin, Officer, Cadre, Recorder, Viewer} }

// Actions lists every Action.
func Actions() []Action {
	return []Action{View, Write, Upload, Plan, Approve, Arrange, Live, Alarm, Administer}
}

// ParseRole reads a role as it is written on a command line or in a form. The
// error is Invalid with the field "role".
func ParseRole(s string) (Role, error) {
	r := Role(strings.ToLower(strings.TrimSpace(s)))
	if err := join(r.faults()); err != nil {
		return "", err
	}
	return r, nil
}

func (r Role) faults() []Fault {
	if r == "" {
		return []Fault{{Field: "role", Code: FaultRequired}}
	}
	if !slices.Contains(Roles(), r) {
		return []Fault{{Field: "role", Code: FaultUnknown, Limit: roleNames()}}
	}
	return nil
}

func roleNames() string {
	names := make([]string, 0, len(Roles()))
	for _, r := range Roles() {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

// may is the table of roles: what a role allows a person to do.
func (r Role) may(a Action) bool {
	switch r {
	case Admin:
		return slices.Contains(Actions(), a)
	case Officer:
		return a != Administer && slices.Contains(Actions(), a)
	case Cadre:
		return slices.Contains([]Action{View, Write, Upload, Plan, Approve, Live, Alarm}, a)
	case Recorder:
		return slices.Contains([]Action{View, Write, Upload}, a)
	case Viewer:
		return a == View
	}
	return false
}

// May says whether p may do a in a village. Whoever is bound to a village may
// act there only; what concerns no single village (village "", such as
// accounts) is for those who are bound to none. A program raises an emergency
// only by the right given to its token, whatever its role; a person does by
// role. To speak live a program needs that right and the role. An unknown role or action is refused.
func (p Principal) May(a Action, village string) bool {
	if p.Village != "" && p.Village != village {
		return false
	}
	if p.Token && a == Alarm {
		return p.Emergency && slices.Contains(Roles(), p.Role)
	}
	if p.Token && a == Live && !p.Emergency {
		return false
	}
	return p.Role.may(a)
}
