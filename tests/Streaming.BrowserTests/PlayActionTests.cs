using Streaming.Catalog;
using Streaming.Playback;
using Streaming.Web.Watch;

namespace Streaming.BrowserTests;

/// <summary>Which episode the play button of a series means, by what was watched last.</summary>
internal sealed class PlayActionTests
{
    [TestCase("", ExpectedResult = "Play S1 E1", TestName = "A_series_that_nobody_has_begun_starts_at_its_first_episode")]
    [TestCase("1", ExpectedResult = "Play S1 E2", TestName = "After_a_finished_episode_comes_the_next")]
    [TestCase("3 1", ExpectedResult = "Play S1 E2", TestName = "What_was_watched_last_counts_and_not_what_is_furthest")]
    [TestCase("1 3", ExpectedResult = "Play S1 E2", TestName = "After_the_last_episode_comes_the_first_that_was_left_out")]
    [TestCase("1 2 3", ExpectedResult = "Play S1 E1", TestName = "A_series_that_was_watched_to_its_end_starts_over")]
    public string? Episode(string finished)
    {
        var episodes = Enumerable.Range(1, 3).Select(number => Card(TitleKinds.Episode, number)).ToList();
        var progress = finished.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select((number, order) => new TitleProgress(episodes[number[0] - '1'].Id, 18, 18, Completed: true, DateTimeOffset.UnixEpoch.AddHours(order)))
            .ToDictionary(p => p.TitleId);

        return PlayAction.For(new TitleDetails(Card(TitleKinds.Series, null), [], 1, 1, null, null, episodes, [], []), progress)?.Label;
    }

    private static TitleCard Card(string kind, int? episode) =>
        new(Guid.NewGuid(), kind, "A title", "", 2024, [], 0, null, 18, Playable: true, "published", Season: episode is null ? null : 1, Episode: episode);
}
