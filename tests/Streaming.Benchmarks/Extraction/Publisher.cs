using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Streaming.Benchmarks.Extraction;

/// <summary>Makes one title after another and keeps what was acknowledged, to be looked for in the tables afterwards.</summary>
internal sealed class Publisher : IAsyncDisposable
{
    private static readonly TimeSpan _thought = TimeSpan.FromMilliseconds(50);

    private readonly string _prefix = $"made {Guid.NewGuid():N}";
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<string, bool> _made = new();
    private readonly Task _running;
    private int _failed;

    public Publisher(HttpClient client) => _running = Task.Run(() => Run(client));

    public int Made => _made.Count;

    public int Failed => Volatile.Read(ref _failed);

    /// <summary>Acknowledged titles that are not in the catalogue's tables, and titles that are there twice. Ends the making.</summary>
    public async Task<(int Lost, int Twice)> Missing(string folder, CancellationToken ct)
    {
        await Stop();
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "catalog.db")};Pooling=False");
        await connection.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = """SELECT "Name" FROM title_metadata WHERE "Version" = 1 AND "Name" LIKE $name || '%'""";
        command.Parameters.AddWithValue("$name", _prefix);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var there = new List<string>();
        while (await rows.ReadAsync(ct)) there.Add(rows.GetString(0));
        return (_made.Keys.Except(there).Count(), there.Count - there.Distinct().Count());
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _end.Dispose();
    }

    private async Task Stop()
    {
        await _end.CancelAsync();
        await _running;
    }

    private async Task Run(HttpClient client)
    {
        for (var i = 0; !_end.IsCancellationRequested; i++)
        {
            var name = $"{_prefix} {i}";
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/api/catalog/titles") { Content = JsonContent.Create(new { kind = "series", name }) };
                request.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
                using var answer = await client.SendAsync(request);
                if (answer.IsSuccessStatusCode && (await answer.Content.ReadFromJsonAsync<JsonElement>()).TryGetProperty("id", out _)) _made[name] = true;
                else Interlocked.Increment(ref _failed);
            }
            catch (HttpRequestException)
            {
                Interlocked.Increment(ref _failed);
            }

            await Task.Delay(_thought);
        }
    }
}
