using Microsoft.EntityFrameworkCore;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;
using Streaming.Users.Data;
using Streaming.Users.Sessions;

namespace Streaming.ModuleTests.Users;

internal sealed class SignInFaultTests
{
    [Test]
    public async Task A_try_that_cannot_be_written_is_not_told_as_too_many_tries()
    {
        await using var host = await UsersHost.Start(Engine.Sqlite, DialMode.InProcess);
        await host.Found();
        await host.With<UsersDbContext, int>(db => db.Database.ExecuteSqlRawAsync(
            "CREATE TRIGGER no_room BEFORE INSERT ON sign_in_attempt BEGIN SELECT RAISE(ABORT, 'no room'); END"));

        Assert.ThrowsAsync<DbUpdateException>(() => host.Send(new SignIn.Command("first@example.org", UsersHost.Password)));
    }
}
