using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Streaming.Catalog.Ingests;

namespace Streaming.Catalog.Uploads;

/// <summary>Who is writing to which source file at the moment, and the hashes as far as they have come.</summary>
internal sealed class UploadFiles(SourceFiles sources) : IDisposable
{
    private readonly ConcurrentDictionary<Guid, Receipt> _receipts = [];

    public long LengthOf(Guid id) => sources.LengthOf(id);

    /// <summary>The right to write to an upload, or null while another request has it. Disposing gives it back.</summary>
    public Receipt? TryHold(Guid id)
    {
        var receipt = _receipts.GetOrAdd(id, _ => new Receipt());
        return receipt.TryEnter() ? receipt : null;
    }

    /// <summary>Opened for appending after <paramref name="offset"/>; what lies beyond it was never acknowledged.</summary>
    public SafeFileHandle OpenAt(Guid id, long offset)
    {
        Directory.CreateDirectory(sources.Folder);
        var file = File.OpenHandle(sources.PathOf(id), FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, FileOptions.Asynchronous);
        RandomAccess.SetLength(file, offset);
        return file;
    }

    /// <summary>For whoever holds it: nothing more will be written.</summary>
    public void Forget(Guid id)
    {
        if (_receipts.TryRemove(id, out var receipt)) receipt.ForgetHash();
    }

    public void Delete(Guid id)
    {
        Forget(id);
        sources.Delete(id);
    }

    public void Dispose()
    {
        foreach (var receipt in _receipts.Values) receipt.ForgetHash();
    }

    /// <summary>One upload's writer at a time, and the hash of what it has written since the first byte, as long as this host lives.</summary>
    internal sealed class Receipt : IDisposable
    {
        private int _held;
        private IncrementalHash? _hash;

        /// <summary>Where the next byte belongs.</summary>
        public long Position { get; private set; }

        public bool TryEnter() => Interlocked.CompareExchange(ref _held, 1, 0) == 0;

        public void StartAt(long offset)
        {
            if (offset == 0 || Position != offset) ForgetHash();
            if (offset == 0) _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Position = offset;
        }

        public async Task Append(SafeFileHandle file, ReadOnlyMemory<byte> bytes)
        {
            await RandomAccess.WriteAsync(file, bytes, Position, CancellationToken.None);
            _hash?.AppendData(bytes.Span);
            Position += bytes.Length;
        }

        /// <summary>Of the whole file, or null where a part came to an earlier life of this host and the file has to be read again.</summary>
        public string? Sha256() => _hash is null ? null : Convert.ToHexStringLower(_hash.GetCurrentHash());

        public void ForgetHash()
        {
            _hash?.Dispose();
            _hash = null;
        }

        public void Dispose() => Volatile.Write(ref _held, 0);
    }
}
