// Package rest joins the HTTP conventions of package host to documents: creating requests that may be repeated,
// and answers that carry the revision of what they show.
package rest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

var keyPattern = regexp.MustCompile(`^[\x21-\x7e]{8,128}$`)

// Creation derives the id of what a creating request makes from its route, its tenant and its Idempotency-Key, so
// that a repeat finds what the first one made. It reads the body and leaves it readable.
func Creation(c *gin.Context) (document.Creation, error) {
	if !keyPattern.MatchString(c.GetHeader("Idempotency-Key")) {
		return document.Creation{}, failure.New(failure.IdempotencyMissing).At("Idempotency-Key").
			Wanting("8 to 128 visible ASCII characters, new for each thing to create")
	}
	body, err := host.Body(c)
	if err != nil {
		return document.Creation{}, err
	}
	c.Request.Body = io.NopCloser(bytes.NewReader(body))
	return document.Creation{ID: CreatedID(c), Request: digest(string(body))}, nil
}

// CreatedID returns the id of what a creating request makes or has made, empty where the request has no Idempotency-Key.
// It reads nothing of the body, so that a decision about the request can name what it is about.
func CreatedID(c *gin.Context) string {
	key := c.GetHeader("Idempotency-Key")
	if !keyPattern.MatchString(key) {
		return ""
	}
	return digest(c.Param("tenant_id"), c.FullPath(), strings.Join(pathIDs(c), "/"), key)
}

func pathIDs(c *gin.Context) []string {
	ids := make([]string, 0, len(c.Params))
	for _, p := range c.Params {
		ids = append(ids, p.Value)
	}
	return ids
}

func digest(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		_, _ = io.WriteString(h, strconv.Itoa(len(part))+":"+part) // lengths keep the parts apart
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Created answers 201 with the document's revision as entity tag.
func Created[T any](c *gin.Context, d document.Document[T], body any) error {
	return tagged(c, http.StatusCreated, d.ETag(), body)
}

// OK answers 200 with the document's revision as entity tag.
func OK[T any](c *gin.Context, d document.Document[T], body any) error {
	return tagged(c, http.StatusOK, d.ETag(), body)
}

func tagged(c *gin.Context, status int, etag string, body any) error {
	c.Header("ETag", etag)
	c.Header("Cache-Control", "private, no-cache")
	c.JSON(status, body)
	return nil
}

// List is one page of a collection.
type List[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next_cursor,omitempty"`
}

// Page reads cursor and limit (1 to 200, 50 unless given) of a listing request.
func Page(c *gin.Context) (cursor string, limit int, err error) {
	limit = 50
	if given := c.Query("limit"); given != "" {
		if limit, err = strconv.Atoi(given); err != nil || limit < 1 || limit > 200 {
			return "", 0, failure.Invalid("limit", "a whole number from 1 to 200")
		}
	}
	return c.Query("cursor"), limit, nil
}
