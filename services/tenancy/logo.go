package tenancy

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"image/png"
	"time"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// What a logo may be. The picture is measured before it is decoded: a few bytes can say that they are very many pixels.
const (
	maxLogo       = 64 << 10 // bytes that are sent
	maxLogoWidth  = 600
	maxLogoHeight = 200

	// logoRest is how long a logo stays after another one could have replaced it: two administrators may be at it at once,
	// and pages that name it are still open.
	logoRest = 24 * time.Hour
)

// logo is a picture of an organisation, in a document with the hash of its bytes as its id.
type logo struct {
	PNG   []byte    `bson:"png"`
	Width int       `bson:"width"`
	At    time.Time `bson:"at"` // when it was last set
}

// newLogo reads a PNG and writes it anew. What a file holds beside the picture, such as who made it where, or something
// that is no picture at all, is not handed on.
func newLogo(raw []byte, now time.Time) (id string, l logo, err error) {
	refused := failure.Invalid("logo", "a PNG of at most 64 KiB and 600 x 200 pixels")
	if len(raw) > maxLogo {
		return "", l, refused
	}
	size, err := png.DecodeConfig(bytes.NewReader(raw))
	if err != nil || size.Width > maxLogoWidth || size.Height > maxLogoHeight {
		return "", l, refused.Because(err)
	}
	picture, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return "", l, refused.Because(err)
	}
	var clean bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&clean, picture); err != nil {
		return "", l, err
	}
	sum := sha256.Sum256(clean.Bytes())
	return hex.EncodeToString(sum[:]), logo{PNG: clean.Bytes(), Width: size.Width, At: now.Truncate(time.Millisecond)}, nil
}

// dropLogos removes the logos of the context's tenant that nobody needs any more.
func (s *Service) dropLogos(ctx context.Context, current string) error {
	all, err := collect(s.store.logos.All(ctx, document.Query{Index: "by_time", To: s.now().Add(-logoRest)}))
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.ID == current {
			continue
		}
		if err := s.store.logos.Erase(ctx, d.ID); err != nil && failure.CodeOf(err) != failure.DocumentNotFound {
			return err
		}
	}
	return nil
}

func showLogo(d document.Document[logo]) tenancyapi.Logo {
	return tenancyapi.Logo{LogoID: d.ID, Png: d.Body.PNG, At: d.Body.At}
}
