package playout

import (
	"context"

	"loalang/scheduler"
)

// catchUp reads anew what was written by the old words while the new ones were on
// their way: speaking what airs soon takes most of a minute, and somebody may send
// a notice meanwhile. What the amendment had before it stays as was decided there.
func (p *Producer) catchUp(ctx context.Context, village string, d *amending) {
	ctx = context.WithoutCancel(ctx) // the words are kept: what follows from them is too
	airing, err := p.cfg.Words.Airing(ctx, village, p.cfg.Now())
	if err != nil {
		p.cfg.Log.Error("what was written while the words changed is not known, and airs as it was read", "err", err)
		return
	}
	late := amending{voiceless: d.voiceless}
	for _, dossier := range airing {
		if fresh := d.unseen(dossier); len(fresh.Renditions) > 0 {
			late.take(fresh, d.amendment)
		}
	}
	if len(late.renditions) == 0 {
		return
	}
	for _, r := range p.speakSoon(ctx, &late) {
		if err := saved(p.cfg.Words.SaveWords(ctx, nil, []scheduler.Rendition{r})); err != nil {
			p.cfg.Log.Error("a rendition that was written while the words changed airs as it was read", "rendition", r.ID, "err", err)
		}
	}
	d.Anew, d.Kept, d.Late = append(d.Anew, late.Anew...), append(d.Kept, late.Kept...), append(d.Late, late.Late...)
}

// unseen is a dossier with the renditions that the amendment did not know, or knew
// with other words.
func (d *amending) unseen(dossier scheduler.Dossier) scheduler.Dossier {
	all := dossier.Renditions
	dossier.Renditions = nil
	for _, r := range all {
		if spoken, known := d.seen[r.ID]; !known || spoken != r.SpokenText {
			dossier.Renditions = append(dossier.Renditions, r)
		}
	}
	return dossier
}
