using FsCheck;
using FsCheck.Fluent;
using Streaming.Playback.Access;

namespace Streaming.ModuleTests.Playback.Media;

internal sealed class MediaTokenTests
{
    private const string Asset = "0197f3d0000070008000000000000000/1";
    private static readonly DateTimeOffset Expiry = new(2026, 1, 6, 0, 0, 0, TimeSpan.Zero);
    private static readonly SigningKey Key = new() { Id = "k001", Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)], CreatedAt = Expiry };

    [Test]
    public void A_token_survives_the_address_and_is_url_safe()
    {
        var token = MediaToken.Sign(Asset, Guid.CreateVersion7(), Expiry, Key);

        Assert.Multiple(() =>
        {
            Assert.That(MediaToken.TryParse(token.ToString(), out var parsed), Is.True);
            Assert.That(parsed, Is.EqualTo(token));
            Assert.That(parsed.IsSignedBy(Key, Asset), Is.True);
            Assert.That(Uri.EscapeDataString(token.ToString()), Is.EqualTo(token.ToString()));
        });
    }

    [Test]
    public void No_single_character_can_be_changed()
    {
        var token = MediaToken.Sign(Asset, Guid.CreateVersion7(), Expiry, Key).ToString();
        var change = from at in Gen.Choose(0, token.Length - 1)
                     from to in Gen.Elements("0123456789abcdefghijklmnopqrstuvwxyzABCDEF-_.~%".ToCharArray())
                     where token[at] != to
                     select token[..at] + to + token[(at + 1)..];
        Prop.ForAll(change.ToArbitrary(), changed =>
            !MediaToken.TryParse(changed, out var parsed) || parsed.KeyId != Key.Id || !parsed.IsSignedBy(Key, Asset)).QuickCheckThrowOnFailure();
    }

    [Test]
    public void A_token_has_one_spelling()
    {
        var token = MediaToken.Sign(Asset, Guid.Parse("0197f3d0-0000-7000-8000-00000000000a"), Expiry, Key).ToString();

        Assert.That(MediaToken.TryParse(token.Replace("0197f3d0", "0197F3D0", StringComparison.Ordinal), out _), Is.False);
        Assert.That(MediaToken.TryParse($"0{token}", out _), Is.False);
    }

    [Test]
    public void Another_asset_revision_or_key_does_not_fit()
    {
        var token = MediaToken.Sign(Asset, Guid.CreateVersion7(), Expiry, Key);
        var other = new SigningKey { Id = Key.Id, Secret = [.. Key.Secret.Reverse()], CreatedAt = Expiry };

        Assert.Multiple(() =>
        {
            Assert.That(token.IsSignedBy(Key, Asset[..^1] + "2"), Is.False);
            Assert.That(token.IsSignedBy(Key, Asset.Replace('7', '8')), Is.False);
            Assert.That(token.IsSignedBy(other, Asset), Is.False);
        });
    }

    [TestCase("")]
    [TestCase("..")]
    [TestCase("1.2.3")]
    [TestCase("-1.0197f3d0000070008000000000000000.k00100000000000000000000000000000000000000000000")]
    [TestCase("999999999999.0197f3d0000070008000000000000000.k0010000000000000000000000000000000000000000000")]
    [TestCase("1.0197f3d0-0000-7000-8000-0000000000.k0010000000000000000000000000000000000000000000")]
    public void Nonsense_is_no_token(string text) => Assert.That(MediaToken.TryParse(text, out _), Is.False);
}
