namespace Streaming.Benchmarks;

/// <summary>One measure.</summary>
/// <param name="Measure">What, with its unit.</param>
/// <param name="Ours">Our value.</param>
/// <param name="Peer">The peer's value; absent where nothing is compared.</param>
/// <param name="Ratio">Ours over the peer's; absent where the peer has nothing.</param>
/// <param name="Bound">What is asked, in words; absent where nothing is.</param>
/// <param name="Holds">Whether it is met; absent where nothing is asked.</param>
internal sealed record Row(string Measure, double Ours, double? Peer, double? Ratio, string? Bound, bool? Holds)
{
    public static Row AtMost(string measure, double ours, double bound, string unit) =>
        new(measure, ours, null, null, $"≤ {bound:0.###} {unit}", ours <= bound);

    public static Row AtLeast(string measure, double ours, double bound, string unit) =>
        new(measure, ours, null, null, $"≥ {bound:0.###} {unit}", ours >= bound);

    public static Row RatioAtMost(string measure, double ours, double peer, double bound) =>
        new(measure, ours, peer, ours / peer, $"≤ {bound:0.###} × peer", ours / peer <= bound);

    public static Row OverPeerAtMost(string measure, double ours, double peer, double bound, string unit) =>
        new(measure, ours, peer, ours / peer, $"≤ peer + {bound:0.###} {unit}", ours - peer <= bound);

    public static Row Plain(string measure, double ours, double? peer = null) =>
        new(measure, ours, peer, peer is 0 ? null : ours / peer, null, null);
}
