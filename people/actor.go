package people

import "context"

// Way is by which door a change came.
type Way string

// The ways.
const (
	ByPanel   Way = "panel"
	ByAPI     Way = "api"
	ByCommand Way = "cli"
	ByBoard   Way = "board" // the program itself: a voice was produced, a language added
)

// ActorKind tells people from programs.
type ActorKind string

// The kinds of Actor.
const (
	ActorAccount ActorKind = "account"
	ActorToken   ActorKind = "token"
	ActorProcess ActorKind = "process" // a command on the machine, or the board itself
)

// Actor is who makes a change, as the history names them. The zero value is the
// board itself.
type Actor struct {
	ID   string // of the account or token; empty: a process
	Name string // as it was then; of a command the user of the machine
	Kind ActorKind
	Way  Way
}

// Board is the program itself, when nobody asked it to.
func Board() Actor { return Actor{Name: "loalang", Kind: ActorProcess, Way: ByBoard} }

// Actor is the principal as the history names it.
func (p Principal) Actor(way Way) Actor {
	kind := ActorAccount
	if p.Token {
		kind = ActorToken
	}
	return Actor{ID: p.ID, Name: p.Name, Kind: kind, Way: way}
}

type actorKey struct{}

// Acting says in whose name what is done with the context it returns. It is for
// the history alone and decides nothing: what somebody may do is asked of a
// Principal (ADR 30).
func Acting(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorOf is in whose name something is done with ctx; Board when nobody said.
func ActorOf(ctx context.Context) Actor {
	if a, ok := ctx.Value(actorKey{}).(Actor); ok {
		return a
	}
	return Board()
}
