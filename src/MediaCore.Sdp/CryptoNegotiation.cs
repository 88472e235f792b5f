namespace MediaCore.Sdp;

/// <summary>The offer/answer rules for <c>a=crypto</c> on a unicast stream, RFC 4568 §7.1, as pure functions over plain data.</summary>
public static class CryptoNegotiation
{
    /// <summary>
    /// The lines of a stream that can be used, in their order. Lines with an unknown suite, another key length or a parameter that we don't do are passed over (RFC 4568 §7.1.2);
    /// when none is left the result is empty and the error is that of the first one.
    /// </summary>
    public static CryptoAttributeList Read(SdpMedia media, out CryptoError error)
    {
        CryptoAttributeList lines = default;
        error = CryptoError.NoLine;
        foreach (SdpLine line in media.Attributes)
        {
            if (!line.AttributeName.SequenceEqual("crypto"u8))
            {
                continue;
            }

            CryptoError found = CryptoAttribute.Parse(line.AttributeValue, out CryptoAttribute attribute);
            if (found == CryptoError.None)
            {
                lines.TryAdd(attribute);
            }

            attribute.Clear();
            error = error == CryptoError.NoLine ? found : error;
        }

        error = lines.Count > 0 ? CryptoError.None : error;
        return lines;
    }

    /// <summary>
    /// The line of an offer to answer with: the first, in the offerer's order, whose suite is among ours (RFC 4568 §7.1.2). The answer has one line with the same tag and suite and
    /// a key of its own: <see cref="CryptoAttribute.Create"/>. False when there is none: the stream is declined, never answered without SRTP.
    /// </summary>
    public static bool TryChoose(in CryptoAttributeList offer, ReadOnlySpan<CryptoSuite> suites, out int chosen)
    {
        for (chosen = 0; chosen < offer.Count; chosen++)
        {
            if (suites.Contains(offer[chosen].Suite))
            {
                return true;
            }
        }

        chosen = -1;
        return false;
    }

    /// <summary>
    /// What an answer chose of our offer, RFC 4568 §7.1.3: it has exactly one line, with the tag and the suite of one of ours. Then we send with our line's key and receive with the
    /// answer's.
    /// </summary>
    /// <param name="offer">What we offered.</param>
    /// <param name="answer">What <see cref="Read"/> found in the answer.</param>
    /// <param name="chosen">Which of ours.</param>
    public static CryptoError AcceptAnswer(in CryptoAttributeList offer, in CryptoAttributeList answer, out int chosen)
    {
        chosen = -1;
        if (answer.Count == 0)
        {
            return CryptoError.NoLine;
        }

        if (answer.Count != 1 || !offer.TryFind(answer[0].Tag, out int ours) || offer[ours].Suite != answer[0].Suite)
        {
            return CryptoError.NotOffered;
        }

        chosen = ours;
        return CryptoError.None;
    }
}
