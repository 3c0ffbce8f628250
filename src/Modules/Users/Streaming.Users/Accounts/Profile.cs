using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Streaming.Users.Accounts;

/// <summary>Somebody in the household, with an age limit of their own.</summary>
internal sealed class Profile
{
    public const int LongestName = 40;
    public const int Colours = 8;

    private Profile() => Name = "";

    public Profile(string name, int maturityLimit, int colour, Guid accountId, DateTimeOffset now)
    {
        (Id, AccountId, CreatedAt) = (Guid.CreateVersion7(now), accountId, now);
        (Name, MaturityLimit, Colour) = (name, maturityLimit, colour);
    }

    public static IReadOnlyList<int> MaturityLimits { get; } = [0, 7, 13, 16, 18];

    public Guid Id { get; private init; }

    public Guid AccountId { get; private init; }

    public string Name { get; private set; }

    public int MaturityLimit { get; private set; }

    public int Colour { get; private set; }

    public DateTimeOffset CreatedAt { get; private init; }

    public ProfileView View => new(Id, Name, MaturityLimit, Colour);

    public void Change(string? name, int? maturityLimit, int? colour) =>
        (Name, MaturityLimit, Colour) = (name ?? Name, maturityLimit ?? MaturityLimit, colour ?? Colour);

    /// <summary>1 to 40 characters that can be shown: nothing that controls a terminal, breaks a line or turns the text around.</summary>
    public static bool IsName(string? name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > 4 * LongestName) return false;
        var (length, visible) = (0, false);
        for (var i = 0; i < name.Length; length++)
        {
            if (!Rune.TryGetRuneAt(name, i, out var rune)) return false;
            var category = Rune.GetUnicodeCategory(rune);
            if (category is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) return false;
            visible |= category is not (UnicodeCategory.Format or UnicodeCategory.SpaceSeparator);
            if (rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069)) return false;
            i += rune.Utf16SequenceLength;
        }

        return visible && length <= LongestName;
    }

    /// <summary>The part of an email address before the @, as far as it fits.</summary>
    public static string NameFrom(string email)
    {
        var local = email[..email.LastIndexOf('@')];
        var runes = local.EnumerateRunes().Take(LongestName);
        var name = string.Concat(runes);
        return IsName(name) ? name : "Viewer";
    }
}

internal sealed class ProfileConfiguration : IEntityTypeConfiguration<Profile>
{
    public void Configure(EntityTypeBuilder<Profile> builder)
    {
        builder.ToTable("profile");
        builder.HasKey(p => p.Id);
        builder.Property(p => p.Id).ValueGeneratedNever();
        builder.Property(p => p.Name).HasMaxLength(2 * Profile.LongestName);
        builder.HasIndex(p => p.AccountId);
        builder.Ignore(p => p.View);
    }
}
