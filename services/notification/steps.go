package notification

import "github.com/guldkorn/guldkorn/libs/playbook"

// steps are what the kinds of steps are called, as the portal calls them: the agenda of an invitation.
var steps = map[string]map[playbook.Kind]string{
	"da": {
		playbook.Checkin: "Tjek ind", playbook.ReviewActions: "Siden sidst", playbook.Reflect: "Tænk selv", playbook.Share: "Del", playbook.Cluster: "Saml",
		playbook.Prioritise: "Vælg", playbook.Discuss: "Tal sammen", playbook.Map: "Tegn kort", playbook.Inventory: "Digital status",
		playbook.DraftText: "Skriv sammen", playbook.Plan: "Plan", playbook.Decide: "Beslut", playbook.Evaluate: "Se tilbage",
	},
	"en": {
		playbook.Checkin: "Check in", playbook.ReviewActions: "Since last time", playbook.Reflect: "Reflect", playbook.Share: "Share", playbook.Cluster: "Cluster",
		playbook.Prioritise: "Prioritise", playbook.Discuss: "Talk", playbook.Map: "Draw a map", playbook.Inventory: "Status inventory",
		playbook.DraftText: "Write together", playbook.Plan: "Plan", playbook.Decide: "Decide", playbook.Evaluate: "Look back",
	},
}
