namespace MediaCore.Engine.Policies;

/// <summary>
/// The routes by the number they want, so that a decision looks only at those whose prefix the number has: one step per character, then the
/// routes of that prefix in their order. Routes with a regular expression are looked at when no earlier route has matched.
/// </summary>
internal sealed class RouteIndex
{
    private readonly RouteEntry[] _entries;
    private readonly Node _root = new();
    private readonly List<int> _unindexed = [];

    public RouteIndex(RouteEntry[] entries)
    {
        _entries = entries;
        for (int i = 0; i < entries.Length; i++)
        {
            NumberPattern to = entries[i].Rule.To;
            if (to.Kind == NumberPatternKind.Regex)
            {
                _unindexed.Add(i);
                continue;
            }

            Node node = _root;
            foreach (byte character in to.Text)
            {
                node = node.GetOrAdd(character);
            }

            node.Routes.Add(i);
        }
    }

    /// <summary>The plan of the first route that matches; null when none does.</summary>
    public RoutePlan? Find(in RouteRequest request)
    {
        int best = int.MaxValue;
        RoutePlan? plan = null;
        Look(_root.Routes, request, ref best, ref plan);
        Node? node = _root;
        foreach (byte character in request.Called)
        {
            node = node.Find(character);
            if (node is null)
            {
                break;
            }

            Look(node.Routes, request, ref best, ref plan);
        }

        Look(_unindexed, request, ref best, ref plan);
        return plan;
    }

    private void Look(List<int> routes, in RouteRequest request, ref int best, ref RoutePlan? plan)
    {
        foreach (int route in routes)
        {
            if (route >= best)
            {
                return;
            }

            if (_entries[route].Match(request) is { } found)
            {
                best = route;
                plan = found;
                return;
            }
        }
    }

    private sealed class Node
    {
        private byte[] _labels = [];
        private Node[] _children = [];

        /// <summary>Numbers of the routes that want just this prefix or text, ascending.</summary>
        public List<int> Routes { get; } = [];

        public Node? Find(byte label)
        {
            int i = _labels.AsSpan().IndexOf(label);
            return i < 0 ? null : _children[i];
        }

        public Node GetOrAdd(byte label)
        {
            if (Find(label) is { } known)
            {
                return known;
            }

            var added = new Node();
            _labels = [.. _labels, label];
            _children = [.. _children, added];
            return added;
        }
    }
}
