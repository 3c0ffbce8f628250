namespace Streaming.Platform.Dial.Guarding;

/// <summary>
/// Whether something happens more often than it may. Of each trial is known beforehand with which chance p it would happen at most, were all
/// well; the bet against that is q, how often it has happened so far by Krichevsky and Trofimov's rule, (s + ½) / (n + 1), and never below p.
/// The product of q/p and (1 − q)/(1 − p) is a test martingale while all is well, so by Ville's inequality it ever reaches E with a
/// probability of at most 1/E, however often one looks (Ramdas and others, Game-theoretic statistics and safe anytime-valid inference, 2023).
/// </summary>
internal sealed class EProcess
{
    private double _log;

    /// <summary>How often it has happened, of how many trials.</summary>
    public (long Hits, long All) Seen { get; private set; }

    /// <summary>The evidence, from 0 up; 1 says nothing either way.</summary>
    public double Value => Math.Exp(Math.Min(_log, 700));

    /// <summary>One more trial.</summary>
    /// <param name="isHit">Whether it happened.</param>
    /// <param name="chance">With which chance it may, 0 to 1; at either end it says nothing.</param>
    public void Add(bool isHit, double chance)
    {
        var (hits, all) = Seen;
        if (chance is > 0 and < 1)
        {
            var bet = Math.Max(chance, (hits + 0.5) / (all + 1));
            _log += isHit ? Math.Log(bet / chance) : Math.Log((1 - bet) / (1 - chance));
        }

        Seen = (hits + (isHit ? 1 : 0), all + 1);
    }
}
