using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Streaming.Recommendations.Popularity;

/// <summary>
/// How much a title is watched, each view halving in weight every 7 days: <c>score(t) = Σ wᵢ · 2^((tᵢ − t)/H)</c>. Kept at the Unix
/// epoch as reference time and as a logarithm, <c>rank = log₂ Σ wᵢ · 2^(tᵢ/H)</c> (forward decay, Cormode et al., ICDE 2009): the
/// order of ranks is the order of scores at any time, so nothing has to be aged, and the order in which views arrive does not matter.
/// </summary>
internal sealed class TitlePopularity(Guid titleId)
{
    private static readonly TimeSpan _halfLife = TimeSpan.FromDays(7);

    public Guid TitleId { get; private set; } = titleId;

    public double Rank { get; private set; } = double.MinValue;

    /// <summary>Changes with every view, so that of two writers at once one has to repeat.</summary>
    public int Version { get; private set; }

    public void Add(double weight, DateTimeOffset at)
    {
        var added = Math.Log2(weight) + HalfLives(at);
        var (high, low) = (Math.Max(Rank, added), Math.Min(Rank, added));
        // log₂(2^high + 2^low), which does not overflow.
        Rank = high + Math.Log2(1 + Math.Pow(2, low - high));
        Version++;
    }

    private static double HalfLives(DateTimeOffset at) => at.ToUnixTimeMilliseconds() / _halfLife.TotalMilliseconds;

    internal sealed class Mapping : IEntityTypeConfiguration<TitlePopularity>
    {
        public void Configure(EntityTypeBuilder<TitlePopularity> entity)
        {
            entity.ToTable("title_popularity");
            entity.HasKey(p => p.TitleId);
            entity.Property(p => p.TitleId).ValueGeneratedNever();
            entity.Property(p => p.Version).IsConcurrencyToken();
            entity.HasIndex(p => p.Rank).IsDescending();
        }
    }
}
