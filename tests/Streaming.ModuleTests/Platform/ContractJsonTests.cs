using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Streaming.Kernel;
using Streaming.Platform.Wire;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace Streaming.ModuleTests.Platform;

internal sealed class ContractJsonTests
{
    [Property]
    public bool A_number_survives(int number) => ContractJson.Copy<Result<int>>(number).Value == number;

    [Property]
    public bool A_text_survives(NonNull<string> text)
    {
        // Half a surrogate pair is no text; JSON has no way to say it.
        var whole = new string([.. text.Get.Where(c => !char.IsSurrogate(c))]);
        return ContractJson.Copy<Result<string>>(whole).Value == whole;
    }

    [Test]
    public void A_record_with_lists_and_times_survives()
    {
        var thing = new Thing(Guid.CreateVersion7(), ErrorKind.NotFound, new DateTimeOffset(2026, 1, 5, 12, 0, 0, 123, TimeSpan.Zero), ["a", "b"], null);
        var copy = ContractJson.Copy<Result<Thing>>(thing).Value;
        Assert.Multiple(() =>
        {
            Assert.That(copy with { Names = thing.Names }, Is.EqualTo(thing));
            Assert.That(copy.Names, Is.EqualTo(thing.Names));
            Assert.That(ContractJson.Copy<Result<Done>>(Done.Instance).Value, Is.EqualTo(Done.Instance));
            Assert.That(ContractJson.Copy<Result<int?>>(5).Value, Is.EqualTo(5));
        });
    }

    [Test]
    public void An_error_survives_whatever_the_value_would_have_been()
    {
        var error = new Error(
            ErrorKind.Conflict, "sample:code", "Say.", new Dictionary<string, string[]> { ["field"] = ["wrong"] }, new Dictionary<string, string> { ["k"] = "v" });
        var ofNumber = ContractJson.Copy<Result<int>>(error).Error!;
        Assert.Multiple(() =>
        {
            Assert.That((ofNumber.Kind, ofNumber.Code, ofNumber.Message), Is.EqualTo((error.Kind, error.Code, error.Message)));
            Assert.That(ofNumber.Fields!["field"], Is.EqualTo(new[] { "wrong" }));
            Assert.That(ofNumber.Details!["k"], Is.EqualTo("v"));
            Assert.That(ContractJson.Copy<Result<Thing>>(error).Error!.Code, Is.EqualTo(error.Code));
        });
    }

    [Test]
    public void A_result_is_its_value_or_its_error_and_nothing_else()
    {
        Assert.Multiple(() =>
        {
            Assert.That(JsonSerializer.Serialize<Result<int>>(0, ContractJson.Options), Is.EqualTo("""{"value":0}"""));
            Assert.That(
                JsonSerializer.Serialize<Result<int>>(Error.Conflict("a:b", "C."), ContractJson.Options),
                Is.EqualTo("""{"error":{"kind":"conflict","code":"a:b","message":"C."}}"""));
        });
    }

    [TestCase("{}")]
    [TestCase("""{"value":null}""")]
    [TestCase("""{"error":null}""")]
    [TestCase("[]")]
    [TestCase("5")]
    public void What_is_neither_value_nor_error_is_refused(string json)
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => JsonSerializer.Deserialize<Result<int>>(json, ContractJson.Options), Throws.InstanceOf<JsonException>());
            Assert.That(() => JsonSerializer.Deserialize<Result<Thing>>(json, ContractJson.Options), Throws.InstanceOf<JsonException>());
        });
    }

    [Test]
    public void Members_of_a_later_version_are_passed_over() => Assert.That(
        JsonSerializer.Deserialize<Result<int>>("""{"later":{"a":[1]},"value":7}""", ContractJson.Options)!.Value, Is.EqualTo(7));

    private sealed record Thing(Guid Id, ErrorKind Kind, DateTimeOffset At, IReadOnlyList<string> Names, string? Absent);
}
