package portal

import (
	"net/http"

	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
)

// releaseKeyPath is where anybody finds the key that releases are signed with, as guldkorn release verify takes it.
const releaseKeyPath = "/.well-known/guldkorn-releases"

func (v *visit) releaseKey() error {
	var key reportingapi.SigningKey
	if err := v.get("reporting", "/v1/release-signing-key", &key); err != nil {
		return err
	}
	v.gin.Header("Cache-Control", "public, max-age=3600")
	v.gin.JSON(http.StatusOK, key)
	return nil
}

// signedRelease reads the release of this request together with its signature.
func (v *visit) signedRelease(out any) error {
	return v.get("reporting", v.releasePath(), out)
}

// proofLine is one of the texts by which a release can be checked, under its name.
type proofLine struct{ Name, Text string }

func (w *words) proof(r reportingapi.SignedRelease) []proofLine {
	return []proofLine{
		{w.text("result.proof_hash"), r.ContentHash},
		{w.text("result.proof_signature"), r.Signature},
		{w.text("result.proof_key"), r.SigningKey},
	}
}
