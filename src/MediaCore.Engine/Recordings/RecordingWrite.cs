using Microsoft.Win32.SafeHandles;

namespace MediaCore.Engine.Recordings;

/// <summary>Writes bytes at a place of a file; tests put a failing or slow disk in its place.</summary>
internal delegate void RecordingWrite(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset);
