package portal

import (
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// handOn answers with a file that a service makes, piece by piece, under a name. A refusal is a page.
func (v *visit) handOn(service, path, name string) error {
	request, err := v.portal.peer(service).Request(v.context(), http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	response, err := v.portal.peer(service).Client.Do(request)
	if err != nil {
		return failure.New(failure.Unavailable).Because(fmt.Errorf("call %s: %w", service, err))
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusBadRequest {
		return failure.Read(response)
	}
	v.gin.Header("Content-Type", response.Header.Get("Content-Type"))
	v.gin.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	v.gin.Header("Cache-Control", "private, no-store")
	v.gin.Status(http.StatusOK)
	if _, err := io.Copy(v.gin.Writer, response.Body); err != nil {
		panic(http.ErrAbortHandler) // half a file must not look whole
	}
	return nil
}
