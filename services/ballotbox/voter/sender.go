package voter

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
)

// Sender hands over answers that others have sealed, for load. It does next to nothing else: on a machine that runs the box
// as well, a whole HTTP client beside it would be a good part of what is measured. It is not safe for concurrent use.
type Sender struct {
	Address string
	Host    string // under which the box is known
	Fresh   bool   // each request goes on a connection of its own

	connection net.Conn
	answers    *bufio.Reader
}

// Send sends one request and reads the answer to its end.
func (s *Sender) Send(method, path string, body []byte) (status int, err error) {
	if s.connection == nil {
		if s.connection, err = net.Dial("tcp", s.Address); err != nil {
			return 0, err
		}
		s.answers = bufio.NewReader(s.connection)
	}
	status, err = s.exchange(method, path, body)
	if err != nil || s.Fresh {
		err = errors.Join(err, s.Close())
	}
	return status, err
}

func (s *Sender) exchange(method, path string, body []byte) (int, error) {
	head := fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n",
		method, path, s.Host, len(body))
	request := net.Buffers{head, body}
	if _, err := request.WriteTo(s.connection); err != nil {
		return 0, err
	}
	response, err := http.ReadResponse(s.answers, nil)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}

// Close ends the connection. Another request makes a new one.
func (s *Sender) Close() error {
	if s.connection == nil {
		return nil
	}
	err := s.connection.Close()
	s.connection = nil
	return err
}
