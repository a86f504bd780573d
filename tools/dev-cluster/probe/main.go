// probe: what the tests of the cluster run in pods.
//
//	probe serve NAME PORT ...        answers NAME and the protocol at each port, over HTTP/1.1 and h2c; /slow takes a second
//	probe get MILLIS URL ...         calls each URL; one line each: the status and the answer, or the error
//	probe get-h2c MILLIS URL ...     the same over HTTP/2 without TLS
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func protocols(h2c bool) *http.Protocols {
	var p http.Protocols
	p.SetUnencryptedHTTP2(h2c)
	return &p
}

func serve(name string, ports []string) error {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			time.Sleep(time.Second)
		}
		w.Header().Set("trailer", "grpc-status")
		fmt.Fprintf(w, "%s %s %s %s", name, r.Proto, r.Host, r.URL.Path)
		w.Header().Set("grpc-status", "0")
	})
	failed := make(chan error, len(ports))
	both := protocols(true)
	both.SetHTTP1(true)
	for _, port := range ports {
		server := &http.Server{Addr: ":" + port, Handler: handler, Protocols: both}
		go func() { failed <- server.ListenAndServe() }()
	}
	ended, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	select {
	case err := <-failed:
		return err
	case <-ended.Done():
		return nil
	}
}

func get(millis string, urls []string, h2c bool) error {
	timeout, err := strconv.Atoi(millis)
	if err != nil {
		return err
	}
	transport := &http.Transport{DisableKeepAlives: true}
	if h2c {
		transport.Protocols = protocols(true)
	}
	client := &http.Client{Transport: transport, Timeout: time.Duration(timeout) * time.Millisecond}
	for _, url := range urls {
		response, err := client.Get(url)
		if err != nil {
			fmt.Println(strings.ReplaceAll(err.Error(), "\n", " "))
			continue
		}
		body, _ := io.ReadAll(response.Body)
		response.Body.Close()
		fmt.Printf("%d %s\n", response.StatusCode, body)
	}
	return nil
}

func main() {
	err := fmt.Errorf("say serve, get or get-h2c")
	if len(os.Args) > 3 {
		switch os.Args[1] {
		case "serve":
			err = serve(os.Args[2], os.Args[3:])
		case "get", "get-h2c":
			err = get(os.Args[2], os.Args[3:], os.Args[1] == "get-h2c")
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
