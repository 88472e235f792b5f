namespace MediaCore.Sip.Dialogs;

/// <summary>
/// A dialog's state, RFC 3261 §12, as plain data: identifiers, addresses, remote target, route set, sequence numbers. Everything is copied in
/// and kept in one array that the next call reuses: about 500 bytes per dialog, at most <see cref="DialogLimits.MaxArenaBytes"/> more. Owned by
/// its shard. Spans handed out are good until the next change.
/// </summary>
public sealed class Dialog
{
    private const int CallIdSegment = 0;
    private const int LocalTagSegment = 1;
    private const int RemoteTagSegment = 2;
    private const int LocalAddressSegment = 3;
    private const int RemoteAddressSegment = 4;

    // Kept with its angle brackets, since a strict router's Route list ends in the target as a name-addr (§12.2.1.1).
    private const int BracketedTargetSegment = 5;

    // The first route's URI as a Request-URI; empty unless that route is a strict router's.
    private const int StrictRequestUriSegment = 6;
    private const int FirstRouteSegment = 7;

    private readonly DialogArena _arena = new(FirstRouteSegment, DialogLimits.MaxRoutes);
    private bool _hasRemoteCSeq;

    /// <summary>Where the dialog stands.</summary>
    public DialogState State { get; private set; }

    /// <summary>Whether the dialog is secure: made over TLS by a request to a SIPS URI (§12.1.1).</summary>
    public bool IsSecure { get; set; }

    /// <summary>The Call-ID.</summary>
    public ReadOnlySpan<byte> CallId => _arena[CallIdSegment];

    /// <summary>Our tag.</summary>
    public ReadOnlySpan<byte> LocalTag => _arena[LocalTagSegment];

    /// <summary>The peer's tag; empty for a peer of RFC 2543 and for a UAC before the first tagged response.</summary>
    public ReadOnlySpan<byte> RemoteTag => _arena[RemoteTagSegment];

    /// <summary>Our address as From (or To) carries it, without the tag.</summary>
    public ReadOnlySpan<byte> LocalAddress => _arena[LocalAddressSegment];

    /// <summary>The peer's address as To (or From) carries it, without the tag.</summary>
    public ReadOnlySpan<byte> RemoteAddress => _arena[RemoteAddressSegment];

    /// <summary>The URI of the peer's Contact; empty before there was one.</summary>
    public ReadOnlySpan<byte> RemoteTarget
    {
        get
        {
            ReadOnlySpan<byte> bracketed = _arena[BracketedTargetSegment];
            return bracketed.IsEmpty ? bracketed : bracketed[1..^1];
        }
    }

    /// <summary>Values in the route set.</summary>
    public int RouteCount => _arena.Count - FirstRouteSegment;

    /// <summary>Whether the first route is a loose router's (its URI has lr); false when there is no route.</summary>
    public bool FirstRouteIsLoose => RouteCount > 0 && !FirstRouteIsStrict;

    /// <summary>The CSeq number of our last request in the dialog; 0 before the first.</summary>
    public uint LocalCSeq { get; private set; }

    /// <summary>The highest CSeq number accepted from the peer; 0 before the first.</summary>
    public uint RemoteCSeq { get; private set; }

    private bool FirstRouteIsStrict => !_arena[StrictRequestUriSegment].IsEmpty;

    /// <summary>Forgets everything: an early dialog without identity, for a pool.</summary>
    public void Reset()
    {
        _arena.Clear();
        State = DialogState.Early;
        IsSecure = false;
        LocalCSeq = 0;
        RemoteCSeq = 0;
        _hasRemoteCSeq = false;
    }

    /// <summary>
    /// Sets the dialog's identity. A UAS takes all of it from the INVITE and its own tag (§12.1.1); a UAC from its own INVITE, with an empty
    /// <paramref name="remoteTag"/> until a response brings one (§12.1.2).
    /// </summary>
    /// <param name="callId">The Call-ID.</param>
    /// <param name="localTag">Our tag.</param>
    /// <param name="remoteTag">The peer's tag or nothing.</param>
    /// <param name="localAddress">Our name-addr without the tag parameter.</param>
    /// <param name="remoteAddress">The peer's name-addr without the tag parameter.</param>
    /// <returns>False, with nothing changed, when one of them is over its limit in <see cref="DialogLimits"/>.</returns>
    public bool SetIdentity(
        ReadOnlySpan<byte> callId,
        ReadOnlySpan<byte> localTag,
        ReadOnlySpan<byte> remoteTag,
        ReadOnlySpan<byte> localAddress,
        ReadOnlySpan<byte> remoteAddress)
    {
        // The sum of these limits fits the arena beside any route set only if the routes are not already there: identity comes first.
        if (callId.Length > DialogLimits.MaxCallIdBytes
            || localTag.Length > DialogLimits.MaxTagBytes
            || remoteTag.Length > DialogLimits.MaxTagBytes
            || localAddress.Length > DialogLimits.MaxAddressBytes
            || remoteAddress.Length > DialogLimits.MaxAddressBytes
            || !_arena.HasRoomFor(callId.Length + localTag.Length + remoteTag.Length + localAddress.Length + remoteAddress.Length))
        {
            return false;
        }

        _arena.TryReplace(CallIdSegment, callId);
        _arena.TryReplace(LocalTagSegment, localTag);
        _arena.TryReplace(RemoteTagSegment, remoteTag);
        _arena.TryReplace(LocalAddressSegment, localAddress);
        _arena.TryReplace(RemoteAddressSegment, remoteAddress);
        return true;
    }

    /// <summary>Sets the peer's tag from a response (§12.1.2).</summary>
    /// <returns>False, with nothing changed, when it is over <see cref="DialogLimits.MaxTagBytes"/>.</returns>
    public bool SetRemoteTag(ReadOnlySpan<byte> tag) =>
        tag.Length <= DialogLimits.MaxTagBytes && _arena.TryReplace(RemoteTagSegment, tag);

    /// <summary>Sets the remote target: the Contact URI of a request or response that makes the dialog or refreshes its target (§12.2).</summary>
    /// <returns>False, with nothing changed, when it is empty, has an angle bracket, or is over <see cref="DialogLimits.MaxTargetBytes"/>.</returns>
    public bool SetRemoteTarget(ReadOnlySpan<byte> uri)
    {
        if (uri.IsEmpty || uri.Length > DialogLimits.MaxTargetBytes || uri.IndexOfAny((byte)'<', (byte)'>') >= 0)
        {
            return false;
        }

        Span<byte> bracketed = stackalloc byte[DialogLimits.MaxTargetBytes + 2];
        bracketed[0] = (byte)'<';
        uri.CopyTo(bracketed[1..]);
        bracketed[uri.Length + 1] = (byte)'>';
        return _arena.TryReplace(BracketedTargetSegment, bracketed[..(uri.Length + 2)]);
    }

    /// <summary>Whether a message with these identifiers belongs to this dialog (§12): byte by byte, since peers echo tags as they are.</summary>
    public bool Matches(ReadOnlySpan<byte> callId, ReadOnlySpan<byte> localTag, ReadOnlySpan<byte> remoteTag) =>
        RemoteTag.SequenceEqual(remoteTag) && LocalTag.SequenceEqual(localTag) && CallId.SequenceEqual(callId);

    /// <summary>Early becomes Confirmed; otherwise nothing changes.</summary>
    public void Confirm()
    {
        if (State == DialogState.Early)
        {
            State = DialogState.Confirmed;
        }
    }

    /// <summary>Ends the dialog; its data stays readable for a last request or record.</summary>
    public void Terminate() => State = DialogState.Terminated;

    /// <summary>Empties the route set.</summary>
    public void ClearRoutes()
    {
        _arena.Truncate();
        _arena.TryReplace(StrictRequestUriSegment, default);
    }

    /// <summary>Adds one Record-Route value at the end: what a UAS does with those of the request, in order (§12.1.1).</summary>
    /// <returns>False, with nothing changed, when it has no URI or is over a limit.</returns>
    public bool AddRoute(ReadOnlySpan<byte> route) => InsertRoute(RouteCount, route);

    /// <summary>
    /// Adds one Record-Route value in front: what a UAC does with those of the response, taken in order, since its route set is their
    /// reverse (§12.1.2).
    /// </summary>
    /// <returns>False, with nothing changed, when it has no URI or is over a limit.</returns>
    public bool PrependRoute(ReadOnlySpan<byte> route) => InsertRoute(0, route);

    /// <summary>One value of the route set, as it came.</summary>
    public ReadOnlySpan<byte> GetRoute(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, RouteCount);
        return _arena[FirstRouteSegment + index];
    }

    /// <summary>
    /// The Request-URI of a request in the dialog (§12.2.1.1): the remote target, or before a strict router that router's URI without what a
    /// Request-URI must not have.
    /// </summary>
    public ReadOnlySpan<byte> RequestUri => FirstRouteIsStrict ? _arena[StrictRequestUriSegment] : RemoteTarget;

    /// <summary>The URI that says where to send a request in the dialog (§8.1.2): the first route's, else the remote target.</summary>
    public ReadOnlySpan<byte> NextHopUri => FirstRouteIsLoose ? RouteUri.OfRoute(GetRoute(0)) : RequestUri;

    /// <summary>Route values of a request in the dialog: the route set, as long with a strict router too.</summary>
    public int RequestRouteCount => RouteCount;

    /// <summary>
    /// One Route value of a request in the dialog (§12.2.1.1): the route set, or before a strict router the rest of it with the remote target
    /// at the end.
    /// </summary>
    public ReadOnlySpan<byte> GetRequestRoute(int index)
    {
        if (!FirstRouteIsStrict)
        {
            return GetRoute(index);
        }

        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return index == RouteCount - 1 ? _arena[BracketedTargetSegment] : GetRoute(index + 1);
    }

    /// <summary>Sets the CSeq number of the request that made the dialog, sent by us.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is 2³¹ or more (§8.1.1.5).</exception>
    public void SetLocalCSeq(uint number)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, DialogLimits.MaxCSeq);
        LocalCSeq = number;
    }

    /// <summary>The CSeq number for our next request, one more than the last. Not for ACK and CANCEL, which repeat their INVITE's.</summary>
    /// <exception cref="InvalidOperationException">2³¹−1 has been used.</exception>
    public uint NextLocalCSeq()
    {
        if (LocalCSeq == DialogLimits.MaxCSeq)
        {
            throw new InvalidOperationException("The dialog has used up its CSeq numbers.");
        }

        return ++LocalCSeq;
    }

    /// <summary>
    /// Checks and remembers the CSeq number of a request from the peer (§12.2.2). Not for ACK and CANCEL, which repeat their INVITE's.
    /// </summary>
    /// <returns>False, to be answered 500, when it is lower than the highest seen or not below 2³¹. A gap is no fault.</returns>
    public bool AcceptRemoteCSeq(uint number)
    {
        if (number > DialogLimits.MaxCSeq || (_hasRemoteCSeq && number < RemoteCSeq))
        {
            return false;
        }

        _hasRemoteCSeq = true;
        RemoteCSeq = number;
        return true;
    }

    private bool InsertRoute(int index, ReadOnlySpan<byte> route)
    {
        if (route.Length > DialogLimits.MaxRouteBytes || RouteCount == DialogLimits.MaxRoutes)
        {
            return false;
        }

        ReadOnlySpan<byte> uri = RouteUri.OfRoute(route);
        if (uri.IsEmpty)
        {
            return false;
        }

        if (index > 0)
        {
            return _arena.TryInsert(FirstRouteSegment + index, route);
        }

        Span<byte> strict = stackalloc byte[DialogLimits.MaxRouteBytes];
        int strictLength = RouteUri.IsLoose(uri) ? 0 : RouteUri.CopyAsRequestUri(uri, strict);

        // Room for both or neither, so that a refusal leaves the old first route in force.
        return _arena.HasRoomFor(route.Length + strictLength)
            && _arena.TryInsert(FirstRouteSegment, route)
            && _arena.TryReplace(StrictRequestUriSegment, strict[..strictLength]);
    }
}
