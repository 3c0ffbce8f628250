namespace Streaming.Web.Access;

/// <summary>Who may open a page.</summary>
internal enum PageAccess
{
    Anybody,
    Account,
    Viewer,
    Publisher,
    Operator,
}

/// <summary>Declares on a page who may open it; a page without it is for viewers with a profile chosen.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OpenToAttribute(PageAccess access) : Attribute
{
    public PageAccess Access { get; } = access;
}
