using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Streaming.Platform.Http;

namespace Streaming.Host.Gateway;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c>.</summary>
internal static class ApiDescription
{
    private static readonly string[] _described = ["api/", "ofrep/", "ops/"];

    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", openApi =>
    {
        // A slice's request is called Command, as in every other slice; in the document each needs a name of its own.
        openApi.CreateSchemaReferenceId = type => OpenApiOptions.CreateDefaultSchemaReferenceId(type) is { } name && type.Type.DeclaringType is { } slice
            ? slice.Name + name
            : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        openApi.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Streaming";
            document.Info.Description = "The API of a whole video platform in one binary.";
            document.Info.Version = "v1";
            document.Servers?.Clear();
            return Task.CompletedTask;
        });
        openApi.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<IdempotencyKeyMetadata>().Any())
                (operation.Parameters ??= []).Add(new OpenApiParameter
                {
                    Name = Preconditions.IdempotencyKey,
                    In = ParameterLocation.Header,
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" },
                });
            return Task.CompletedTask;
        });
        // A request may leave out what it may set to null; an answer says everything.
        openApi.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type.Name is "Command" || context.JsonTypeInfo.Type.Name.EndsWith("Body", StringComparison.Ordinal))
                foreach (var property in context.JsonTypeInfo.Properties.Where(p => p.IsGetNullable)) schema.Required?.Remove(property.Name);
            return Task.CompletedTask;
        });
        openApi.ShouldInclude = description => description.RelativePath is { } path && _described.Any(root => path.StartsWith(root, StringComparison.Ordinal));
    });
}
