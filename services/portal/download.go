package portal

import (
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// open asks a service for a file that it makes, piece by piece. The caller closes the body.
func (v *visit) open(service, path string) (*http.Response, error) {
	peer := v.portal.peer(service)
	request, err := peer.Request(v.context(), http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	response, err := peer.Client.Do(request)
	if err != nil {
		return nil, failure.New(failure.Unavailable).Because(fmt.Errorf("call %s: %w", service, err))
	}
	if response.StatusCode >= http.StatusBadRequest {
		defer response.Body.Close()
		return nil, failure.Read(response)
	}
	return response, nil
}

// handOn answers with a file that a service makes, under a name. A refusal is a page.
func (v *visit) handOn(service, path, name string) error {
	response, err := v.open(service, path)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	v.fileHeader(response.Header.Get("Content-Type"), name)
	v.gin.Status(http.StatusOK)
	if _, err := io.Copy(v.gin.Writer, response.Body); err != nil {
		panic(http.ErrAbortHandler) // half a file must not look whole
	}
	return nil
}

// fileHeader says that the answer is a file to be kept.
func (v *visit) fileHeader(kind, name string) {
	v.gin.Header("Content-Type", kind)
	v.gin.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	v.gin.Header("Cache-Control", "private, no-store")
}
