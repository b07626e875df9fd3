package lab

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
)

// tusRequest makes a request of the protocol of uploads.
func (c *Client) tusRequest(ctx context.Context, method, id string, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.URL+strings.TrimSuffix("/api/v1/uploads/"+id, "/"), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make a request: %w", err)
	}
	req.Header.Set("Tus-Resumable", "1.0.0")
	return req, nil
}

// BeginUpload makes an upload of that many bytes and gives its ID.
func (c *Client) BeginUpload(ctx context.Context, length int, about map[string]string) (string, error) {
	req, err := c.tusRequest(ctx, http.MethodPost, "", nil)
	if err != nil {
		return "", err
	}
	var pairs []string
	for _, k := range slices.Sorted(maps.Keys(about)) {
		pairs = append(pairs, k+" "+base64.StdEncoding.EncodeToString([]byte(about[k])))
	}
	req.Header.Set("Upload-Length", strconv.Itoa(length))
	req.Header.Set("Upload-Metadata", strings.Join(pairs, ","))
	header, _, err := c.send(req)
	if err != nil {
		return "", err
	}
	return path.Base(header.Get("Location")), nil
}

// SendPiece appends a piece to an upload at an offset, and gives the offset that the
// board acknowledged.
func (c *Client) SendPiece(ctx context.Context, id string, offset int, piece []byte) (int, error) {
	req, err := c.tusRequest(ctx, http.MethodPatch, id, piece)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/offset+octet-stream")
	req.Header.Set("Upload-Offset", strconv.Itoa(offset))
	header, _, err := c.send(req)
	if err != nil {
		return 0, err
	}
	return offsetOf(header)
}

// UploadOffset asks how far an upload is.
func (c *Client) UploadOffset(ctx context.Context, id string) (int, error) {
	req, err := c.tusRequest(ctx, http.MethodHead, id, nil)
	if err != nil {
		return 0, err
	}
	header, _, err := c.send(req)
	if err != nil {
		return 0, err
	}
	return offsetOf(header)
}

func offsetOf(h http.Header) (int, error) {
	n, err := strconv.Atoi(h.Get("Upload-Offset"))
	if err != nil {
		return 0, fmt.Errorf("read how far an upload is: %w", err)
	}
	return n, nil
}
