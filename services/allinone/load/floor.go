package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// floorCommand makes this program the floor instead of what measures it.
const floorCommand = "floor"

// listening is the line in which a server says where it listens.
type listening struct {
	Listen string `json:"listen"`
}

// least is what the floor needs where the product needs more.
type least struct {
	start time.Duration
	idle  int64
	alone time.Duration // one request by itself
	cpu   float64       // milliseconds of one request
}

// server is a process that takes answers.
type server struct {
	*process
	target
}

func startServer(ctx context.Context, environment []string, program string, arguments ...string) (*server, error) {
	p, said, err := start(ctx, func(l listening) bool { return l.Listen != "" }, environment, program, arguments...)
	if err != nil {
		return nil, err
	}
	return &server{p, newTarget(said.Listen)}, nil
}

func startFloor(ctx context.Context, dir string) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return startServer(ctx, nil, self, floorCommand, dir)
}

// serveFloor takes the answers that the ballot box takes, believes them, and keeps them until ctx ends.
func serveFloor(ctx context.Context, dir string, out io.Writer) (err error) {
	kept, err := openStore(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kept.close()) }()
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.PUT("/v1/rounds/:round_id/answers", func(c *gin.Context) {
		var a ballot.Answer
		if err := json.NewDecoder(c.Request.Body).Decode(&a); err != nil {
			c.Status(http.StatusBadRequest)
			return
		}
		envelope, err := ballot.Decode64(a.Envelope, ballot.EnvelopeSize)
		if err != nil {
			c.Status(http.StatusBadRequest)
			return
		}
		if err := kept.put(entry{key: a.PublicKey, version: a.Version, body: envelope}); err != nil {
			c.Status(http.StatusInternalServerError)
			return
		}
		c.Status(http.StatusNoContent)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	floor := &http.Server{Handler: engine}
	context.AfterFunc(ctx, func() { _ = floor.Close() }) // nobody waits for an answer any more
	if err := json.NewEncoder(out).Encode(listening{listener.Addr().String()}); err != nil {
		return err
	}
	if err := floor.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
