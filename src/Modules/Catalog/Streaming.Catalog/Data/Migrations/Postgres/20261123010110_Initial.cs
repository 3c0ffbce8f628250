using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Streaming.Catalog.Data.Migrations.Postgres
{
    /// <inheritdoc />
    internal partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "catalog");

            migrationBuilder.CreateTable(
                name: "asset",
                schema: "catalog",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Sha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    Revision = table.Column<int>(type: "integer", nullable: false),
                    DurationSeconds = table.Column<double>(type: "double precision", nullable: false),
                    HasThumbnails = table.Column<bool>(type: "boolean", nullable: false),
                    IngestId = table.Column<Guid>(type: "uuid", nullable: true),
                    Complete = table.Column<bool>(type: "boolean", nullable: false),
                    CreatedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_asset", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "demo_film",
                schema: "catalog",
                columns: table => new
                {
                    Key = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    Order = table.Column<int>(type: "integer", nullable: false),
                    TitleId = table.Column<Guid>(type: "uuid", nullable: false),
                    SeriesId = table.Column<Guid>(type: "uuid", nullable: true),
                    HandedOver = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_demo_film", x => x.Key);
                });

            migrationBuilder.CreateTable(
                name: "inbox",
                schema: "catalog",
                columns: table => new
                {
                    MessageId = table.Column<Guid>(type: "uuid", nullable: false),
                    Handler = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    At = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    BodyHash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    Answer = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_inbox", x => new { x.MessageId, x.Handler });
                });

            migrationBuilder.CreateTable(
                name: "ingest",
                schema: "catalog",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    TitleId = table.Column<Guid>(type: "uuid", nullable: false),
                    TitleName = table.Column<string>(type: "text", nullable: false),
                    FileName = table.Column<string>(type: "text", nullable: false),
                    SizeBytes = table.Column<long>(type: "bigint", nullable: false),
                    Publish = table.Column<bool>(type: "boolean", nullable: false),
                    CreatedBy = table.Column<Guid>(type: "uuid", nullable: true),
                    CreatedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ChangedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    State = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    StoppedIn = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: true),
                    FailureCode = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: true),
                    FailureMessage = table.Column<string>(type: "text", nullable: true),
                    FailureRetryable = table.Column<bool>(type: "boolean", nullable: false),
                    DecodableSeconds = table.Column<double>(type: "double precision", nullable: true),
                    AcceptsTruncation = table.Column<bool>(type: "boolean", nullable: false),
                    Sha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    AssetId = table.Column<Guid>(type: "uuid", nullable: true),
                    Waiting = table.Column<bool>(type: "boolean", nullable: false),
                    Rungs = table.Column<string>(type: "text", nullable: false),
                    Dropped = table.Column<string>(type: "text", nullable: false),
                    Progress = table.Column<double>(type: "double precision", nullable: false),
                    Published = table.Column<bool>(type: "boolean", nullable: false),
                    Owner = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    LeaseUntil = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    ProcessId = table.Column<int>(type: "integer", nullable: true),
                    ProcessStartedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    Version = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ingest", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                schema: "catalog",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Type = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Body = table.Column<string>(type: "text", nullable: false),
                    At = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Attempts = table.Column<int>(type: "integer", nullable: false),
                    NotBefore = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    DeliveredAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_outbox", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "rendition",
                schema: "catalog",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    AssetId = table.Column<Guid>(type: "uuid", nullable: false),
                    Revision = table.Column<int>(type: "integer", nullable: false),
                    Name = table.Column<string>(type: "text", nullable: false),
                    Kind = table.Column<string>(type: "text", nullable: false),
                    Codec = table.Column<string>(type: "text", nullable: false),
                    Timescale = table.Column<int>(type: "integer", nullable: false),
                    Order = table.Column<int>(type: "integer", nullable: false),
                    Width = table.Column<int>(type: "integer", nullable: false),
                    Height = table.Column<int>(type: "integer", nullable: false),
                    FrameRate = table.Column<double>(type: "double precision", nullable: false),
                    Language = table.Column<string>(type: "text", nullable: false),
                    Label = table.Column<string>(type: "text", nullable: false),
                    Default = table.Column<bool>(type: "boolean", nullable: false),
                    Channels = table.Column<int>(type: "integer", nullable: false),
                    SampleRate = table.Column<int>(type: "integer", nullable: false),
                    Complete = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_rendition", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "segment",
                schema: "catalog",
                columns: table => new
                {
                    RenditionId = table.Column<Guid>(type: "uuid", nullable: false),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    Start = table.Column<long>(type: "bigint", nullable: false),
                    Duration = table.Column<long>(type: "bigint", nullable: false),
                    SizeBytes = table.Column<long>(type: "bigint", nullable: false),
                    KeyframeSizeBytes = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_segment", x => new { x.RenditionId, x.Number });
                });

            migrationBuilder.CreateTable(
                name: "text_track",
                schema: "catalog",
                columns: table => new
                {
                    AssetId = table.Column<Guid>(type: "uuid", nullable: false),
                    Revision = table.Column<int>(type: "integer", nullable: false),
                    Name = table.Column<string>(type: "text", nullable: false),
                    Language = table.Column<string>(type: "text", nullable: false),
                    Label = table.Column<string>(type: "text", nullable: false),
                    Forced = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_text_track", x => new { x.AssetId, x.Revision, x.Name });
                });

            migrationBuilder.CreateTable(
                name: "title",
                schema: "catalog",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Kind = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    SeriesId = table.Column<Guid>(type: "uuid", nullable: true),
                    Season = table.Column<int>(type: "integer", nullable: true),
                    Episode = table.Column<int>(type: "integer", nullable: true),
                    Version = table.Column<int>(type: "integer", nullable: false),
                    PublishedVersion = table.Column<int>(type: "integer", nullable: true),
                    AssetId = table.Column<Guid>(type: "uuid", nullable: true),
                    Poster = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    CreatedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    SortName = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false, collation: "C"),
                    Maturity = table.Column<int>(type: "integer", nullable: false),
                    AvailableFrom = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    AvailableUntil = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_title", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "upload",
                schema: "catalog",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Owner = table.Column<Guid>(type: "uuid", nullable: true),
                    SizeBytes = table.Column<long>(type: "bigint", nullable: false),
                    OffsetBytes = table.Column<long>(type: "bigint", nullable: false),
                    Metadata = table.Column<string>(type: "character varying(8192)", maxLength: 8192, nullable: false),
                    ExpiresAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_upload", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "title_genre",
                schema: "catalog",
                columns: table => new
                {
                    Genre = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    TitleId = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_title_genre", x => new { x.Genre, x.TitleId });
                    table.ForeignKey(
                        name: "FK_title_genre_title_TitleId",
                        column: x => x.TitleId,
                        principalSchema: "catalog",
                        principalTable: "title",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "title_metadata",
                schema: "catalog",
                columns: table => new
                {
                    TitleId = table.Column<Guid>(type: "uuid", nullable: false),
                    Version = table.Column<int>(type: "integer", nullable: false),
                    Name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Synopsis = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    Year = table.Column<int>(type: "integer", nullable: true),
                    Genres = table.Column<string[]>(type: "text[]", nullable: false),
                    Cast = table.Column<string[]>(type: "text[]", nullable: false),
                    Maturity = table.Column<int>(type: "integer", nullable: false),
                    Artwork = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    AvailableFrom = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    AvailableUntil = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    At = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    By = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_title_metadata", x => new { x.TitleId, x.Version });
                    table.ForeignKey(
                        name: "FK_title_metadata_title_TitleId",
                        column: x => x.TitleId,
                        principalSchema: "catalog",
                        principalTable: "title",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_asset_Sha256",
                schema: "catalog",
                table: "asset",
                column: "Sha256",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_inbox_At",
                schema: "catalog",
                table: "inbox",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_ingest_AssetId",
                schema: "catalog",
                table: "ingest",
                column: "AssetId");

            migrationBuilder.CreateIndex(
                name: "IX_ingest_State",
                schema: "catalog",
                table: "ingest",
                column: "State");

            migrationBuilder.CreateIndex(
                name: "IX_outbox_DeliveredAt_Id",
                schema: "catalog",
                table: "outbox",
                columns: new[] { "DeliveredAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_rendition_AssetId_Revision_Name",
                schema: "catalog",
                table: "rendition",
                columns: new[] { "AssetId", "Revision", "Name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_title_AssetId",
                schema: "catalog",
                table: "title",
                column: "AssetId");

            migrationBuilder.CreateIndex(
                name: "IX_title_SeriesId_Season_Episode",
                schema: "catalog",
                table: "title",
                columns: new[] { "SeriesId", "Season", "Episode" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_title_SortName_Id",
                schema: "catalog",
                table: "title",
                columns: new[] { "SortName", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_title_genre_TitleId",
                schema: "catalog",
                table: "title_genre",
                column: "TitleId");

            migrationBuilder.CreateIndex(
                name: "IX_upload_ExpiresAt",
                schema: "catalog",
                table: "upload",
                column: "ExpiresAt");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "asset",
                schema: "catalog");

            migrationBuilder.DropTable(
                name: "demo_film",
                schema: "catalog");

            migrationBuilder.DropTable(
                name: "inbox",
                schema: "catalog");

            migrationBuilder.DropTable(
                name: "ingest",
                schema: "catalog");

            migrationBuilder.DropTable(
                name: "outbox",
                schema: "catalog");

            migrationBuilder.DropTable(
                name: "rendition",
                schema: "catalog");

            migrationBuilder.DropTable(
                name: "segment",
                schema: "catalog");

            migrationBuilder.DropTable(
                name: "text_track",
                schema: "catalog");

            migrationBuilder.DropTable(
                name: "title_genre",
                schema: "catalog");

            migrationBuilder.DropTable(
                name: "title_metadata",
                schema: "catalog");

            migrationBuilder.DropTable(
                name: "upload",
                schema: "catalog");

            migrationBuilder.DropTable(
                name: "title",
                schema: "catalog");
        }
    }
}
