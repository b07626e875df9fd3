package web

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// readyPatience is how long /readyz waits for the database.
const readyPatience = 2 * time.Second

func (s *Server) registerHealth(r *gin.Engine) {
	r.GET("/healthz", s.alive)
	r.GET("/readyz", s.ready)
	r.GET("/metrics", s.metrics)
	r.GET("/metrics/health", s.scrapeHealth)
}

// alive says that the process answers, and nothing else.
func (s *Server) alive(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, gin.H{"status": "ok", "version": s.cfg.Version})
}

// notReady is why the board cannot do its work now.
type notReady struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// ready says whether the database answers and the output is up. A board that is
// not ready still raises emergencies.
func (s *Server) ready(c *gin.Context) {
	lang := apiLanguage(c.Request, false)
	reasons := []notReady{}
	err := bounded(c.Request.Context(), readyPatience, func(ctx context.Context) (func(), error) {
		return nil, s.cfg.Database.Ping(ctx)
	})
	switch {
	case s.cfg.Damaged():
		reasons = append(reasons, notReady{s.damage(), word(lang, "ready."+s.damage())})
	case err != nil:
		reasons = append(reasons, notReady{"database", word(lang, "ready.database")})
	}
	if !s.cfg.Air.Air().Output.Up {
		reasons = append(reasons, notReady{"output", word(lang, "ready.output")})
	}
	status := http.StatusOK
	if len(reasons) > 0 {
		status = http.StatusServiceUnavailable
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(status, gin.H{"ready": len(reasons) == 0, "reasons": reasons})
}
