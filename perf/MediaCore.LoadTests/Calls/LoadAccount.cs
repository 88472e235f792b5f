using System.Text;
using MediaCore.Sip.Authentication;

namespace MediaCore.LoadTests.Calls;

/// <summary>A phone that registers, again and again with the same Call-ID (RFC 3261 §10.2.4). Owned by the signalling thread.</summary>
internal sealed class LoadAccount(string name, string password)
{
    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(name);

    public DigestSession Credentials { get; } = new(name, password);

    public uint CSeq { get; set; }

    /// <summary>Whether it waits for an answer.</summary>
    public bool IsBusy { get; set; }
}
