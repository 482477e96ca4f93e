// Command ferretdb runs a FerretDB on SQLite: a server that speaks MongoDB's wire protocol, for the tests of
// libs/document/mongo. It is no store for anybody's data: it scans collections and loses concurrent updates.
//
//	ferretdb -listen 127.0.0.1:0 -state DIR
//
// It keeps its files in DIR, prints the address as a mongodb:// URI on one line once it listens, and runs until it
// is told to end.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "loopback address to listen on")
	state := flag.String("state", "", "existing directory for the database files")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *listen, *state); err != nil {
		fmt.Fprintln(os.Stderr, "ferretdb:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, listen, state string) error {
	if state == "" {
		return errors.New("-state names no directory")
	}
	if address, err := netip.ParseAddrPort(listen); err != nil || !address.Addr().IsLoopback() {
		return fmt.Errorf("-listen %s is not a loopback address with a port", listen)
	}
	dir, err := filepath.Abs(state)
	if err != nil {
		return err
	}
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: listen},
		Logger:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Handler:   "sqlite",
		SQLiteURL: (&url.URL{Scheme: "file", Path: dir + "/"}).String(),
	})
	if err != nil {
		return err
	}
	fmt.Println(server.MongoDBURI()) // it has been listening since New
	return server.Run(ctx)
}
