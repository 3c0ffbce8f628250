using FsCheck;
using FsCheck.Fluent;
using Streaming.Recommendations.Popularity;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace Streaming.ModuleTests.Recommendations;

internal sealed class TitlePopularityTests
{
    private static readonly DateTimeOffset _start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public void A_view_halves_in_weight_every_seven_days()
    {
        var title = Watched(0);
        Assert.Multiple(() =>
        {
            Assert.That(Score(title, 0), Is.EqualTo(1).Within(1e-9));
            Assert.That(Score(title, 7), Is.EqualTo(.5).Within(1e-9));
            Assert.That(Score(title, 28), Is.EqualTo(1 / 16.0).Within(1e-9));
        });
    }

    [Test]
    public void One_view_today_outranks_one_of_last_week_and_equals_two_of_it()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Watched(7).Rank, Is.GreaterThan(Watched(0).Rank));
            Assert.That(Watched(7).Rank, Is.EqualTo(Watched(0, 0).Rank).Within(1e-9));
        });
    }

    [Property]
    public bool The_score_is_the_sum_of_the_decayed_views_in_whatever_order_they_arrive(NonEmptyArray<byte> days)
    {
        var ages = days.Get.Select(d => (double)d).ToArray();
        var expected = ages.Sum(day => Math.Pow(2, (day - 300) / 7));
        return Near(Score(Watched(ages), 300), expected) && Near(Score(Watched([.. ages.Reverse()]), 300), expected);

        static bool Near(double a, double b) => Math.Abs(a - b) <= 1e-7 * b;
    }

    private static TitlePopularity Watched(params double[] days)
    {
        var title = new TitlePopularity(Guid.CreateVersion7());
        foreach (var day in days) title.Add(1, _start.AddDays(day));
        return title;
    }

    private static double Score(TitlePopularity title, double day) =>
        Math.Pow(2, title.Rank - (_start.AddDays(day).ToUnixTimeMilliseconds() / TimeSpan.FromDays(7).TotalMilliseconds));
}
