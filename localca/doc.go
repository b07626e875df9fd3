// Package localca is a village's own certificate authority: browsers give a page the
// microphone over https only, and a board in a village has no name that a public
// authority would vouch for. The authority can vouch for nothing but addresses of
// local networks (RFC 1918), this machine itself, loa.internal and names ending in
// .local: whoever trusts it on a phone puts nothing else at risk, should its key be
// stolen.
//
// Package localca knows neither the panel nor the database. It owns one folder, whose
// keys are for the owner's eyes alone. It starts no goroutine; its methods may be
// called from any.
package localca
