// Reads what a chart renders, and refuses objects that Kubernetes would: fields that are unknown, given twice or of another type.
// Kinds of extensions (operators) are listed, for their schemas are not part of Kubernetes.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
)

func main() {
	decoder := serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer()
	documents := yaml.NewYAMLReader(bufio.NewReader(os.Stdin))
	checked, faults := 0, 0
	for {
		document, err := documents.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		if len(bytes.TrimSpace(withoutComments(document))) == 0 {
			continue
		}
		_, kind, err := decoder.Decode(document, nil, nil)
		switch {
		case runtime.IsNotRegisteredError(err):
			fmt.Printf("of an extension: %v\n", err)
		case err != nil:
			faults++
			fmt.Printf("refused: %v: %v\n", kind, err)
		default:
			checked++
		}
	}
	fmt.Printf("%d objects are as Kubernetes has them, %d are not\n", checked, faults)
	if faults > 0 || checked == 0 {
		os.Exit(1)
	}
}

func withoutComments(document []byte) []byte {
	var kept [][]byte
	for _, line := range bytes.Split(document, []byte("\n")) {
		if !bytes.HasPrefix(bytes.TrimSpace(line), []byte("#")) && !bytes.Equal(bytes.TrimSpace(line), []byte("---")) {
			kept = append(kept, line)
		}
	}
	return bytes.Join(kept, []byte("\n"))
}
