package ballotbox

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// bodyLimit is the largest command: a frame with a full instrument in two languages.
const bodyLimit = 512 << 10

// routes makes the handler. The engine is quiet: no access log, no trace and no metrics of single requests.
func (b *Box) routes(registerer prometheus.Registerer, files pages) http.Handler {
	engine := host.NewEngine(host.EngineOptions{
		Service: Service, Logger: b.logger, Registerer: registerer, BodyLimit: bodyLimit, Quiet: true,
	})
	engine.Use(b.secure, refuseCookies)

	intake := engine.Group("/v1/rounds/:round_id", b.from("intake"))
	intake.PUT("", b.command(b.putRound))
	intake.POST("/open", b.command(b.postOpen))
	intake.PUT("/contract", b.command(b.putContract))
	intake.PUT("/paper", b.command(b.putPaper))
	intake.PUT("/closing-day", b.command(b.putClosingDay))
	intake.POST("/close", b.command(b.postClose))
	intake.GET("/experiences", b.command(b.getBatchOf(Month)))
	intake.PUT("/replies/:reply_id", b.command(b.putReply))
	reporting := engine.Group("/v1/rounds/:round_id", b.from("reporting"))
	reporting.GET("/batch", b.command(b.getBatchOf(Round)))

	public := engine.Group("", b.ownHost)
	public.GET(IdentityPath, host.Handle(b.getIdentity))
	public.GET("/r/:round_id", host.Handle(files.getPage))
	public.GET("/static/:file", host.Handle(files.getStatic))
	public.GET("/v1/rounds/:round_id/form", host.Handle(b.getForm))
	public.POST("/v1/rounds/:round_id/blind-signatures", host.Handle(b.postBlindSignature))
	public.PUT("/v1/rounds/:round_id/recoveries/:recovery_id", host.Handle(b.putRecovery))
	public.GET("/v1/rounds/:round_id/recoveries/:recovery_id", host.Handle(b.getRecovery))
	public.GET("/v1/rounds/:round_id/bulletin", host.Handle(b.getBulletin))
	public.GET("/v1/rounds/:round_id/replies/:reply_id", host.Handle(b.getReply))
	public.PUT("/v1/rounds/:round_id/paper-entries", host.Handle(b.putPaperEntry))
	public.PUT("/v1/rounds/:round_id/answers", host.Handle(b.putAnswer))
	return engine
}

type announced struct {
	RoundID     string       `json:"round_id"`
	State       State        `json:"state"`
	Keys        []ballot.Key `json:"keys"`
	KeyListHash string       `json:"key_list_hash"`
	SealingKey  string       `json:"sealing_key"`
	FrameHash   string       `json:"frame_hash"`
	Signature   string       `json:"signature"`
}

type preparation struct {
	RoundID string `json:"round_id"`
	State   State  `json:"state"`
	Ready   int    `json:"ready"`
	Wanted  int    `json:"wanted"`
}

func (b *Box) putRound(c *gin.Context) error {
	frame, err := host.Decode[Frame](c)
	if err != nil {
		return err
	}
	now, created, err := b.announce(c.Request.Context(), c.Param("round_id"), frame)
	if err != nil {
		return err
	}
	if now.State == Preparing {
		c.Header("Retry-After", strconv.Itoa(1))
		c.JSON(http.StatusAccepted, preparation{now.RoundID, now.State, len(now.Keys), len(now.Frame.Units)})
		return nil
	}
	status := http.StatusOK
	if created {
		status = http.StatusCreated
	}
	c.JSON(status, announced{now.RoundID, now.State, now.Keys, now.listHash, now.sealingKey, now.frameHash, now.signature})
	return nil
}

type roundState struct {
	RoundID string `json:"round_id"`
	State   State  `json:"state"`
}

func (b *Box) postOpen(c *gin.Context) error {
	now, err := b.open(c.Request.Context(), c.Param("round_id"))
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, roundState{now.RoundID, now.State})
	return nil
}

func (b *Box) putContract(c *gin.Context) error {
	tightening, err := host.Decode[Tightening](c)
	if err != nil {
		return err
	}
	now, err := b.tighten(c.Request.Context(), c.Param("round_id"), tightening)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, roundState{now.RoundID, now.State})
	return nil
}

func (b *Box) putClosingDay(c *gin.Context) error {
	extension, err := host.Decode[Extension](c)
	if err != nil {
		return err
	}
	now, err := b.extend(c.Request.Context(), c.Param("round_id"), extension)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, roundState{now.RoundID, now.State})
	return nil
}

func (b *Box) postClose(c *gin.Context) error {
	// Once begun, a closing is finished whether or not the caller waits for it.
	result, err := b.close(context.WithoutCancel(c.Request.Context()), c.Param("round_id"))
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, result)
	return nil
}

// getBatchOf hands over the batch of a round to one service and that of a month to another: each has the key to its own.
func (b *Box) getBatchOf(kind Kind) func(c *gin.Context) error {
	return func(c *gin.Context) error {
		file, hash, err := b.batch(c.Request.Context(), c.Param("round_id"), kind)
		if err != nil {
			return err
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			return err
		}
		failpoint.Hit("before-hand-over")
		c.DataFromReader(http.StatusOK, info.Size(), "application/json", file, map[string]string{"ETag": `"` + hash + `"`})
		return nil
	}
}
