package web

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

// wordJSON is a word of a village as the API shows it.
type wordJSON struct {
	ID       string      `json:"id"`
	Village  string      `json:"village"`
	Language string      `json:"language"`
	Written  string      `json:"written"`
	Spoken   string      `json:"spoken"`
	Note     string      `json:"note,omitempty"`
	By       string      `json:"by,omitempty" doc:"Who wrote it last."`
	Updated  time.Time   `json:"updated"`
	Revision int64       `json:"revision"`
	Uses     []usageJSON `json:"uses" doc:"Announcements that may still air and have it in their text."`
}

// usageJSON is an announcement by name.
type usageJSON struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// amendmentJSON is what a change of words means for announcements that may still
// air.
type amendmentJSON struct {
	Anew []usageJSON `json:"anew" doc:"A voice reads them anew."`
	Kept []usageJSON `json:"kept" doc:"Somebody wrote what the voice says: it stays."`
	Late []usageJSON `json:"late" doc:"They could not be read anew, and air as before."`
}

func usagesOf(list []scheduler.Announcement) []usageJSON {
	all := []usageJSON{}
	for _, a := range list {
		all = append(all, usageJSON{a.ID, a.Title})
	}
	return all
}

func amendmentOf(a playout.Amendment) amendmentJSON {
	return amendmentJSON{usagesOf(a.Anew), usagesOf(a.Kept), usagesOf(a.Late)}
}

func wordOf(w scheduler.Word, uses []scheduler.Announcement) wordJSON {
	return wordJSON{w.ID, w.Village, w.Language, w.Written, w.Spoken, w.Note, w.By, w.Updated.UTC(), w.Revision, usagesOf(uses)}
}

type (
	wordsInput struct {
		Caller
		Village  string `query:"village" doc:"Key; the board's own when left out."`
		Query    string `query:"q" doc:"What is looked for in the words, with or without marks."`
		Language string `query:"language" doc:"ISO 639; all when left out."`
		After    string `query:"after" doc:"ID to go on after, from next."`
		Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	}
	wordsOutput struct {
		Body struct {
			Words []wordJSON `json:"words" doc:"In alphabetical order."`
			Next  string     `json:"next,omitempty"`
		}
	}
	newWordInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Body    wordForm
	}
	wordInput struct {
		Caller
		ID      string `path:"id"`
		Village string `query:"village" doc:"Key; the board's own when left out."`
	}
	changeWordInput struct {
		Caller
		ID      string `path:"id"`
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Body    wordForm
	}
	wordOutput struct {
		Body wordJSON
	}
	savedWordOutput struct {
		Body struct {
			Announcements amendmentJSON `json:"announcements"`
			Word          wordJSON      `json:"word"`
			Hints         []hint        `json:"hints" doc:"What is worth knowing of it."`
		}
	}
	unlearned struct {
		Undo string `header:"Undo" doc:"POST to this path, within the same village, and the word is there again."`
		Body struct {
			Announcements amendmentJSON `json:"announcements"`
		}
	}
	triedWordOutput struct {
		Body struct {
			Announcements amendmentJSON `json:"announcements"`
			Alone         previewJSON   `json:"alone" doc:"The word by itself."`
			Sentence      previewJSON   `json:"sentence" doc:"The word in a sentence."`
			Hints         []hint        `json:"hints"`
		}
	}
	importWordsInput struct {
		Caller
		Village  string `query:"village" doc:"Key; the board's own when left out."`
		Language string `query:"language" doc:"ISO 639, of rows that name none; vi when left out."`
		Skip     bool   `query:"skip_bad" doc:"Take the good rows though there are bad ones."`
		Dry      bool   `query:"dry_run" doc:"Only say what would become of it."`
		RawBody  []byte `contentType:"text/csv" doc:"UTF-8, cells parted by commas, semicolons or tabs; at most 1 MB and 5,000 rows."`
	}
	importWordsOutput struct {
		Body struct {
			Announcements amendmentJSON  `json:"announcements"`
			Saved         bool           `json:"saved"`
			Added         int            `json:"added"`
			Changed       int            `json:"changed"`
			Same          int            `json:"same" doc:"Rows that say what is known."`
			Bad           []ProblemFault `json:"bad" doc:"Rows that cannot be taken, by their line."`
		}
	}
)

func (s *Server) registerWords(api huma.API, r *gin.Engine) {
	const tag = "words"
	answer(s, api, operation{"list-words", http.MethodGet, "/words", "List the words that the village reads in its own way", tag, people.View, 0}, s.listWords)
	answer(s, api, operation{"create-word", http.MethodPost, "/words", "Add a word; what a voice reads is read anew", tag, people.Write, http.StatusCreated}, s.createWord)
	answer(s, api, operation{"try-word", http.MethodPost, "/words/try", "Hear a word before it is kept, and what keeping it would change", tag, people.Write, 0}, s.hearWord)
	answer(s, api, operation{"import-words", http.MethodPost, "/words/import", "Take in a file of words, all of it or nothing", tag, people.Write, 0}, s.takeWords)
	answer(s, api, operation{"get-word", http.MethodGet, "/words/{id}", "Read a word and where it is used", tag, people.View, 0}, s.getWord)
	answer(s, api, operation{"change-word", http.MethodPut, "/words/{id}", "Change a word; what a voice reads is read anew", tag, people.Write, 0}, s.changeWord)
	answer(s, api, operation{"delete-word", http.MethodDelete, "/words/{id}", "Delete a word; what a voice reads is read anew", tag, people.Write, 0}, s.deleteWord)
	r.GET(apiRoot+"/words/export", s.guard(people.View, s.exportWords))
}

func (s *Server) listWords(ctx context.Context, in *wordsInput) (*wordsOutput, error) {
	village, err := in.village(in.Village, people.View)
	if err != nil {
		return nil, err
	}
	all, err := s.cfg.Words.Words(ctx, village)
	if err != nil {
		return nil, err
	}
	page, next := wordPage{in.Query, in.Language, in.After, in.Limit}.pick(all)
	uses, err := s.cfg.Reader.Uses(ctx, page)
	if err != nil {
		return nil, err
	}
	var out wordsOutput
	out.Body.Words, out.Body.Next = []wordJSON{}, next
	for _, w := range page {
		out.Body.Words = append(out.Body.Words, wordOf(w, uses[w.ID]))
	}
	return &out, nil
}

// wordInVillage is the word that a call is about, among all of its village.
func (s *Server) wordInVillage(ctx context.Context, in *wordInput, a people.Action) (scheduler.Word, scheduler.Words, error) {
	village, err := in.village(in.Village, a)
	if err != nil {
		return scheduler.Word{}, nil, err
	}
	return s.villageWord(ctx, village, in.ID)
}

func (s *Server) getWord(ctx context.Context, in *wordInput) (*wordOutput, error) {
	w, _, err := s.wordInVillage(ctx, in, people.View)
	if err != nil {
		return nil, err
	}
	uses, err := s.cfg.Reader.Uses(ctx, scheduler.Words{w})
	if err != nil {
		return nil, err
	}
	return &wordOutput{Body: wordOf(w, uses[w.ID])}, nil
}

func (s *Server) createWord(ctx context.Context, in *newWordInput) (*savedWordOutput, error) {
	w, all, err := s.newWord(ctx, in)
	if err != nil {
		return nil, err
	}
	return s.keptWord(ctx, in.lang, all, w)
}

// newWord is a word that is not kept yet, and fit to be.
func (s *Server) newWord(ctx context.Context, in *newWordInput) (scheduler.Word, scheduler.Words, error) {
	village, err := in.village(in.Village, people.Write)
	if err != nil {
		return scheduler.Word{}, nil, err
	}
	all, err := s.cfg.Words.Words(ctx, village)
	if err != nil {
		return scheduler.Word{}, nil, err
	}
	w := in.Body.apply(scheduler.Word{Owned: s.owned(s.cfg.NewID(), village)}, in.who.Name)
	return w, all, s.checkWord(ctx, all, w)
}

func (s *Server) keptWord(ctx context.Context, lang string, all scheduler.Words, w scheduler.Word) (*savedWordOutput, error) {
	done, err := s.keepWords(ctx, []scheduler.Word{w})
	if err != nil {
		return nil, err
	}
	w.Revision++
	uses, err := s.cfg.Reader.Uses(ctx, scheduler.Words{w})
	if err != nil {
		return nil, err
	}
	var out savedWordOutput
	out.Body.Announcements, out.Body.Word, out.Body.Hints = amendmentOf(done), wordOf(w, uses[w.ID]), hints(lang, all, w)
	return &out, nil
}

func (s *Server) changeWord(ctx context.Context, in *changeWordInput) (*savedWordOutput, error) {
	w, all, err := s.wordInVillage(ctx, &wordInput{in.Caller, in.ID, in.Village}, people.Write)
	if err != nil {
		return nil, err
	}
	if in.Body.Revision != 0 && in.Body.Revision != w.Revision {
		return nil, scheduler.ErrRevision
	}
	w = in.Body.apply(w, in.who.Name)
	w.Updated = s.cfg.Now().UTC()
	if err := s.checkWord(ctx, all, w); err != nil {
		return nil, err
	}
	return s.keptWord(ctx, in.lang, all, w)
}

func (s *Server) deleteWord(ctx context.Context, in *wordInput) (*unlearned, error) {
	w, _, err := s.wordInVillage(ctx, in, people.Write)
	if err != nil {
		return nil, err
	}
	w.Deleted, w.By = s.cfg.Now().UTC(), in.who.Name
	done, err := s.keepWords(ctx, []scheduler.Word{w})
	if err != nil {
		return nil, err
	}
	out := unlearned{Undo: s.undoHeader(ctx, in.who, w.Village, "words", w.ID)}
	out.Body.Announcements = amendmentOf(done)
	return &out, nil
}

func (s *Server) hearWord(ctx context.Context, in *newWordInput) (*triedWordOutput, error) {
	village, err := in.village(in.Village, people.Write)
	if err != nil {
		return nil, err
	}
	all, err := s.cfg.Words.Words(ctx, village)
	if err != nil {
		return nil, err
	}
	w := scheduler.Word{Owned: s.owned(s.cfg.NewID(), village)}
	if known, there := all.Written(in.Body.apply(w, "").Language, in.Body.apply(w, "").Written); there { // another way to say it
		w = known
	}
	w = in.Body.apply(w, in.who.Name)
	if err := s.checkWord(ctx, all, w); err != nil {
		return nil, err
	}
	foreseen, err := s.cfg.Reader.Foresee(ctx, []scheduler.Word{w})
	if err != nil {
		return nil, err
	}
	alone, inside, err := s.tryWord(ctx, all, w)
	if err != nil {
		return nil, err
	}
	var out triedWordOutput
	out.Body.Announcements, out.Body.Hints = amendmentOf(foreseen), hints(in.lang, all, w)
	out.Body.Alone, out.Body.Sentence = previewOf(w.Language, alone.spoken, alone.recording), previewOf(w.Language, inside.spoken, inside.recording)
	return &out, nil
}

func (s *Server) takeWords(ctx context.Context, in *importWordsInput) (*importWordsOutput, error) {
	village, err := in.village(in.Village, people.Write)
	if err != nil {
		return nil, err
	}
	done, err := s.importWords(ctx, in.RawBody, wordImport{village: village, by: in.who.Name, language: in.Language, skip: in.Skip, dry: in.Dry})
	if err != nil {
		return nil, err
	}
	bad := []ProblemFault{}
	for _, row := range done.Bad {
		bad = append(bad, badRow(in.lang, row))
	}
	if len(bad) > 0 && !in.Skip && !in.Dry {
		return nil, s.problem(in.lang, http.StatusUnprocessableEntity, "invalid", bad...)
	}
	var out importWordsOutput
	out.Body.Announcements = amendmentOf(done.Amendment)
	out.Body.Saved, out.Body.Added, out.Body.Changed, out.Body.Same, out.Body.Bad = done.Saved, done.Added, done.Changed, done.Same, bad
	return &out, nil
}

// exportWords sends a village's words as a file that import-words takes.
func (s *Server) exportWords(k *Caller) {
	village, err := k.village(k.c.Query("village"), people.View)
	if err != nil {
		k.fail(err)
		return
	}
	all, err := s.cfg.Words.Words(k.c.Request.Context(), village)
	if err != nil {
		k.fail(err)
		return
	}
	page, _ := wordPage{limit: scheduler.MaxWords}.pick(all)
	var file bytes.Buffer
	if err := scheduler.WriteWords(&file, page); err != nil {
		k.fail(err)
		return
	}
	k.c.Header("Content-Disposition", `attachment; filename="tu-dien-`+fileSafe(village)+`.csv"`)
	k.c.Data(http.StatusOK, "text/csv; charset=utf-8; header=present", file.Bytes())
}
