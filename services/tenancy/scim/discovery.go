package scim

// Config says what of the protocol is offered (RFC 7643, section 5).
func Config() any {
	type supported struct {
		Supported bool `json:"supported"`
	}
	type filtering struct {
		Supported  bool `json:"supported"`
		MaxResults int  `json:"maxResults"`
	}
	type bulk struct {
		Supported      bool `json:"supported"`
		MaxOperations  int  `json:"maxOperations"`
		MaxPayloadSize int  `json:"maxPayloadSize"`
	}
	type scheme struct {
		Type        string `json:"type"`
		Name        string `json:"name"`
		Description string `json:"description"`
	}
	return struct {
		Schemas        []string  `json:"schemas"`
		Patch          supported `json:"patch"`
		Bulk           bulk      `json:"bulk"`
		Filter         filtering `json:"filter"`
		ChangePassword supported `json:"changePassword"`
		Sort           supported `json:"sort"`
		ETag           supported `json:"etag"`
		Authentication []scheme  `json:"authenticationSchemes"`
		Meta           Meta      `json:"meta"`
	}{
		Schemas: []string{configSchema}, Patch: supported{true}, Filter: filtering{true, MaxResults}, ETag: supported{true},
		Authentication: []scheme{{"oauthbearertoken", "API key", "A key of the municipality's own, with the scope scim"}},
		Meta:           Meta{ResourceType: "ServiceProviderConfig", Location: "ServiceProviderConfig"},
	}
}

// ResourceTypes says which kinds of resources there are (RFC 7643, section 6).
func ResourceTypes() List {
	type extended struct {
		Schema   string `json:"schema"`
		Required bool   `json:"required"`
	}
	kind := func(name, schema string, extensions ...extended) any {
		return struct {
			Schemas  []string `json:"schemas"`
			ID       string   `json:"id"`
			Name     string   `json:"name"`
			Endpoint string   `json:"endpoint"`
			Schema   string   `json:"schema"`
			Meta     Meta     `json:"meta"`

			Extensions []extended `json:"schemaExtensions,omitempty"`
		}{[]string{typeSchema}, name, name, "/" + name + "s", schema, Meta{ResourceType: "ResourceType", Location: "ResourceTypes/" + name}, extensions}
	}
	all := []any{kind("User", UserSchema, extended{Schema: extension}), kind("Group", GroupSchema)}
	return NewList(len(all), 1, all)
}

// attribute describes one attribute (RFC 7643, section 7).
type attribute struct {
	Name          string      `json:"name"`
	Type          string      `json:"type"`
	MultiValued   bool        `json:"multiValued"`
	Required      bool        `json:"required"`
	CaseExact     bool        `json:"caseExact"`
	Mutability    string      `json:"mutability"`
	Returned      string      `json:"returned"`
	Uniqueness    string      `json:"uniqueness"`
	SubAttributes []attribute `json:"subAttributes,omitempty"`
}

func described(name, kind string, change ...func(*attribute)) attribute {
	a := attribute{Name: name, Type: kind, Mutability: "readWrite", Returned: "default", Uniqueness: "none"}
	for _, c := range change {
		c(&a)
	}
	return a
}

// What an attribute is beside its name and type.
func required(a *attribute) { a.Required = true }
func unique(a *attribute)   { a.Uniqueness = "server" }
func exact(a *attribute)    { a.CaseExact = true }
func readOnly(a *attribute) { a.Mutability = "readOnly" }
func fixed(a *attribute)    { a.Mutability = "immutable" }
func several(a *attribute)  { a.MultiValued = true }
func of(parts ...attribute) func(*attribute) {
	return func(a *attribute) { a.SubAttributes = parts }
}

// Schemas says which attributes the resources have (RFC 7643, section 7).
func Schemas() List {
	schema := func(id, name string, attributes ...attribute) any {
		return struct {
			Schemas    []string    `json:"schemas"`
			ID         string      `json:"id"`
			Name       string      `json:"name"`
			Attributes []attribute `json:"attributes"`
			Meta       Meta        `json:"meta"`
		}{[]string{schemaSchema}, id, name, attributes, Meta{ResourceType: "Schema", Location: "Schemas/" + id}}
	}
	all := []any{
		schema(UserSchema, "User",
			described("userName", "string", required, unique),
			described("externalId", "string", exact),
			described("displayName", "string", required),
			described("name", "complex", of(described("formatted", "string"))),
			described("preferredLanguage", "string"),
			described("active", "boolean"),
			described("emails", "complex", several, of(
				described("value", "string", required), described("type", "string"), described("primary", "boolean"))),
		),
		schema(extension, "Guldkorn",
			described("unilogin", "string", unique),
		),
		schema(GroupSchema, "Group",
			described("displayName", "string", required, fixed, unique),
			described("externalId", "string", exact),
			described("members", "complex", several, of(
				described("value", "string", required, exact), described("$ref", "reference", readOnly, exact), described("type", "string", readOnly))),
		),
	}
	return NewList(len(all), 1, all)
}
