using FluentValidation;

namespace Streaming.Catalog.Titles;

/// <summary>What a version of metadata may be.</summary>
internal sealed class TitleRules : AbstractValidator<TitleContent>
{
    public TitleRules()
    {
        RuleFor(t => t.Name).Must(name => !string.IsNullOrWhiteSpace(name)).WithMessage("Give the title a name.");
        RuleFor(t => t.Name).MaximumLength(TitleMetadata.MaxName).Must(IsPlain)
            .WithMessage($"A name is one line of 1 to {TitleMetadata.MaxName} characters.");
        RuleFor(t => t.Synopsis).MaximumLength(TitleMetadata.MaxSynopsis).Must(IsText)
            .WithMessage($"A synopsis has up to {TitleMetadata.MaxSynopsis} characters and no control characters.");
        RuleFor(t => t.Year).InclusiveBetween(TitleLimits.FirstYear, TitleLimits.LastYear)
            .WithMessage($"A year is between {TitleLimits.FirstYear}, the first film, and {TitleLimits.LastYear}.");
        RuleFor(t => t.Genres).Must(genres => genres.Count <= 20).WithMessage("A title has up to 20 genres.");
        RuleFor(t => t.Genres).Must(genres => genres.All(IsGenre))
            .WithMessage($"A genre is lower-case words of letters and digits, such as 'science fiction', up to {TitleGenre.MaxLength} characters.");
        RuleFor(t => t.Genres).Must(genres => genres.Distinct().Count() == genres.Count).WithMessage("Name each genre once.");
        RuleFor(t => t.Cast).Must(cast => cast.Count <= 100).WithMessage("The cast has up to 100 names.");
        RuleFor(t => t.Cast).Must(cast => cast.All(name => !string.IsNullOrWhiteSpace(name) && name.Length <= 200 && IsPlain(name)))
            .WithMessage("A name in the cast is one line of 1 to 200 characters.");
        RuleFor(t => t.Maturity).Must(age => TitleLimits.Ages.Contains(age)).WithMessage($"Maturity is one of {string.Join(", ", TitleLimits.Ages)}.");
        RuleFor(t => t.AvailableUntil).Must((title, until) => until > title.AvailableFrom)
            .When(t => t is { AvailableFrom: not null, AvailableUntil: not null })
            .WithMessage("It has to be available until later than it is available from.");
    }

    private static bool IsPlain(string text) => !text.Any(char.IsControl);

    private static bool IsText(string text) => !text.Any(letter => char.IsControl(letter) && letter is not ('\n' or '\r' or '\t'));

    private static bool IsGenre(string genre) =>
        genre is { Length: > 0 and <= TitleGenre.MaxLength }
        && genre.Split(' ', '-').All(word => word.Length > 0 && word.All(letter => char.IsLetterOrDigit(letter) && !char.IsUpper(letter)));
}
