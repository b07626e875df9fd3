package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"loalang/scheduler"
)

// messageForm is what an emergency says in one language, in the columns messages and in
// the standby.
type messageForm struct {
	Language  string `json:"language"`
	Text      string `json:"text,omitempty"`
	Recording string `json:"recording,omitempty"`
}

func formMessage(m scheduler.Message) messageForm { return messageForm(m) }

func readMessage(f messageForm) scheduler.Message { return scheduler.Message(f) }

// messagesOf are messages as they are kept.
func messagesOf(list []scheduler.Message) (string, error) {
	if len(list) == 0 {
		return "[]", nil
	}
	raw, err := json.Marshal(each(list, formMessage))
	if err != nil {
		return "", fmt.Errorf("encode messages: %w", err)
	}
	return string(raw), nil
}

// messages reads a column messages; none is nil.
type messages []scheduler.Message

// Scan implements sql.Scanner.
func (m *messages) Scan(src any) error {
	v, ok := src.(string)
	if !ok {
		return fmt.Errorf("messages are kept as %T", src)
	}
	var forms []messageForm
	if err := json.Unmarshal([]byte(v), &forms); err != nil {
		return fmt.Errorf("read messages: %w", err)
	}
	*m = nil
	if len(forms) > 0 {
		*m = each(forms, readMessage)
	}
	return nil
}

// recorded is a scheduler.Invalid when a living template names a recording that its
// village has not, or no more: from the same moment on it can be removed no more.
func recorded(ctx context.Context, tx *sql.Tx, t scheduler.Template) error {
	if !t.Deleted.IsZero() {
		return nil
	}
	var gone scheduler.Invalid
	for _, m := range t.Prepared.Messages {
		if m.Recording == "" {
			continue
		}
		var there bool
		err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM recordings WHERE id = ? AND village IN (?, '') AND deleted_at IS NULL)", m.Recording, t.Village).Scan(&there)
		if err != nil {
			return err
		}
		if !there {
			gone = append(gone, scheduler.Fault{Field: scheduler.MessageField(m.Language), Code: scheduler.FaultMessageGone, Limit: m.Language})
		}
	}
	if len(gone) > 0 {
		return gone
	}
	return nil
}
