package portal

import "net/url"

// whole reads a list to its end, page by page.
func whole[T any](v *visit, service, path string, wanted url.Values) ([]T, error) {
	query := url.Values{"limit": {"200"}}
	for name, values := range wanted {
		query[name] = values
	}
	var all []T
	for {
		var page struct {
			Items      []T     `json:"items"`
			NextCursor *string `json:"next_cursor"`
		}
		if err := v.get(service, path+"?"+query.Encode(), &page); err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if page.NextCursor == nil {
			return all, nil
		}
		query.Set("cursor", *page.NextCursor)
	}
}
