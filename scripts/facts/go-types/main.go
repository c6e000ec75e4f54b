// Prints what the Go types of the API know beyond the published schema: names of types, pointers, omitempty, inlining.
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"

	apiext "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/version"
	"k8s.io/client-go/kubernetes/scheme"
	apireg "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

type Field struct {
	Name   string `json:"n"`
	Type   string `json:"t"`
	Flags  string `json:"f,omitempty"` // p pointer, o omitempty, z omitzero
	Via    string `json:"v,omitempty"` // Go names of the embedded structs it comes from
}

var out = map[string][]Field{}

func walk(t reflect.Type) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t.Name() == "" { return }
	key := t.PkgPath() + "." + t.Name()
	if _, ok := out[key]; ok { return }
	out[key] = []Field{}
	var fields []Field
	var collect func(t reflect.Type, via []string)
	collect = func(t reflect.Type, via []string) {
		for i := 0; i < t.NumField(); i++ {
			f := t.Field(i)
			tag := f.Tag.Get("json")
			if tag == "-" || !f.IsExported() { continue }
			parts := strings.Split(tag, ",")
			ft := f.Type
			if f.Anonymous && parts[0] == "" {
				if ft.Kind() == reflect.Pointer { ft = ft.Elem() }
				if ft.Kind() != reflect.Struct { continue }
				collect(ft, append(append([]string{}, via...), f.Name))
				continue
			}
			flags := ""
			if ft.Kind() == reflect.Pointer { flags += "p"; ft = ft.Elem() }
			for _, o := range parts[1:] { if o == "omitempty" { flags += "o" }; if o == "omitzero" { flags += "z" } }
			name := parts[0]
			if name == "" { name = f.Name }
			fields = append(fields, Field{name, ft.String(), flags, strings.Join(via, ".")})
			walk(f.Type)
		}
	}
	collect(t, nil)
	out[key] = fields
}

func main() {
	s := scheme.Scheme
	apiext.AddToScheme(s)
	apireg.AddToScheme(s)
	for gvk, t := range s.AllKnownTypes() {
		if strings.Contains(gvk.Version, "alpha") || strings.Contains(gvk.Version, "beta") { continue }
		walk(t)
	}
	walk(reflect.TypeOf(metav1.Status{}))
	walk(reflect.TypeOf(version.Info{}))
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", "")
	e.Encode(out)
}
