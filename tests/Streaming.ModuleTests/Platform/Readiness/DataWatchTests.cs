using Microsoft.Data.Sqlite;
using Streaming.Platform.Data;
using Streaming.Platform.Readiness;

namespace Streaming.ModuleTests.Platform.Readiness;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DataWatchTests
{
    private readonly DataWatch _watch = new([new ModuleData("books", typeof(object)), new ModuleData("shelf-marks", typeof(object))]);

    [TestCase("SELECT s.id FROM \"shelf_marks\".shelf AS s")]
    [TestCase("delete from shelf_marks.shelf")]
    public void A_command_that_names_anothers_schema_is_found(string command)
    {
        _watch.Look("books", command);
        _watch.Look("shelf-marks", command);
        Assert.Multiple(() =>
        {
            Assert.That(_watch.Foreign("books"), Is.EqualTo(new Dictionary<string, string> { ["shelf-marks"] = command }));
            Assert.That(_watch.Foreign("shelf-marks"), Is.Empty, "it is its own");
            Assert.That(_watch.LookedAt("books"), Is.EqualTo(1));
        });
    }

    [Test]
    public async Task A_transaction_in_which_two_take_part_is_found()
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        _watch.Began("books", transaction);
        _watch.Used("books", transaction);
        Assert.That(_watch.Shared("books"), Is.Empty);
        _watch.Used("shelf-marks", transaction);
        Assert.That((_watch.Shared("books")[0], _watch.Shared("shelf-marks")[0]), Is.EqualTo(("shelf-marks", "books")));
    }
}
