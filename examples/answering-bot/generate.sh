#!/usr/bin/env bash
# Makes the Python modules of the proto files, in ./generated. Needs grpcio-tools (pip install grpcio grpcio-tools), or of Debian
# protobuf-compiler, libprotobuf-dev, protobuf-compiler-grpc and python3-grpcio.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
protos="$here/../../src/MediaCore.Control/Protos"
mkdir -p "$here/generated"
arguments=(-I "$protos" --python_out="$here/generated" --grpc_python_out="$here/generated")
files=(mediacore/v1/{calls,commands,events,call_control}.proto)
if plugin="$(command -v grpc_python_plugin)"; then
  protoc --plugin=protoc-gen-grpc_python="$plugin" "${arguments[@]}" "${files[@]}"
else
  "${PYTHON:-python3}" -m grpc_tools.protoc "${arguments[@]}" "${files[@]}"
fi
