using Microsoft.EntityFrameworkCore;
using Npgsql;
using Polly.CircuitBreaker;
using Streaming.Platform.Data;

namespace Streaming.ModuleTests.Platform;

/// <summary>What a database's exceptions are to a caller, to its circuit, and to whoever may read again.</summary>
internal sealed class StorageFaultTests
{
    [TestCase(PostgresErrorCodes.DiskFull, "storage-full")]
    [TestCase(PostgresErrorCodes.DeadlockDetected, "storage-busy")]
    [TestCase(PostgresErrorCodes.SerializationFailure, "storage-busy")]
    [TestCase(PostgresErrorCodes.LockNotAvailable, "storage-busy")]
    public void A_server_that_answers_is_not_gone(string state, string code)
    {
        var failure = new DbUpdateException("It was not saved.", Answered(state));
        Assert.That((StorageFault.Of(failure)?.Code, StorageFault.IsGone(failure), StorageFault.IsLost(failure)), Is.EqualTo((code, false, false)));
    }

    [TestCase(PostgresErrorCodes.AdminShutdown)]
    [TestCase(PostgresErrorCodes.CrashShutdown)]
    [TestCase(PostgresErrorCodes.CannotConnectNow)]
    public void A_connection_that_ends_with_its_server_is_lost(string state)
    {
        var failure = new InvalidOperationException("It was not read.", Answered(state));
        Assert.That((StorageFault.Of(failure)?.Code, StorageFault.IsGone(failure), StorageFault.IsLost(failure)), Is.EqualTo(("storage-unavailable", true, true)));
    }

    [Test]
    public void What_a_circuit_refused_is_gone_and_not_worth_a_second_reading()
    {
        var failure = new DbUpdateException("It was not saved.", new BrokenCircuitException());
        Assert.That((StorageFault.Of(failure)?.Code, StorageFault.IsGone(failure), StorageFault.IsLost(failure)), Is.EqualTo(("left-alone", true, false)));
    }

    [TestCase(28, ExpectedResult = "storage-full")]
    [TestCase(122, ExpectedResult = "storage-full")]
    [TestCase(5, ExpectedResult = null)]
    public string? A_disk_without_room_for_a_file_is_told_like_one_without_room_for_a_row(int error) =>
        StorageFault.Of(new InvalidOperationException("", new IOException("write", error)))?.Code;

    [Test]
    public void A_mistake_of_ours_is_no_fault_of_the_storage() =>
        Assert.That(StorageFault.Of(new DbUpdateException("It was not saved.", Answered(PostgresErrorCodes.UniqueViolation))), Is.Null);

    private static PostgresException Answered(string state) => new("It failed.", "ERROR", "ERROR", state);
}
