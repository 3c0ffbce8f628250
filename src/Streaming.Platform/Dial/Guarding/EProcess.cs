namespace Streaming.Platform.Dial.Guarding;

/// <summary>
/// Whether bad events fall on a canary more often than its share of the calls explains. At each one the chance that it is the canary's,
/// were the canary no worse, is its share p; the bet against that is q, the canary's part of the bad events so far by Krichevsky and
/// Trofimov's rule, (s + ½) / (n + 1), and never below p. The product of q/p and (1 − q)/(1 − p) is a test martingale while the canary is
/// no worse, so by Ville's inequality it ever reaches E with a probability of at most 1/E, however often one looks (Ramdas and others,
/// Game-theoretic statistics and safe anytime-valid inference, 2023).
/// </summary>
internal sealed class EProcess
{
    private double _log;

    /// <summary>Bad events of the canary, and of all.</summary>
    public (long There, long All) Bad { get; private set; }

    /// <summary>The evidence, from 0 up; 1 says nothing either way.</summary>
    public double Value => Math.Exp(Math.Min(_log, 700));

    /// <summary>One more has happened.</summary>
    /// <param name="isThere">Whether to the canary.</param>
    /// <param name="share">The canary's share of the calls up to now, 0 to 1; at either end it says nothing.</param>
    public void Add(bool isThere, double share)
    {
        var (there, all) = Bad;
        if (share is > 0 and < 1)
        {
            var bet = Math.Max(share, (there + 0.5) / (all + 1));
            _log += isThere ? Math.Log(bet / share) : Math.Log((1 - bet) / (1 - share));
        }

        Bad = (there + (isThere ? 1 : 0), all + 1);
    }
}
