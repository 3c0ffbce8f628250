using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Streaming.Platform.Dial.Decisions.Migrations.Postgres
{
    /// <inheritdoc />
    internal partial class AddDataMoves : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "DataEpoch",
                schema: "dial",
                table: "process",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "data_move",
                schema: "dial",
                columns: table => new
                {
                    Module = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    Epoch = table.Column<long>(type: "bigint", nullable: false),
                    Phase = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Target = table.Column<string>(type: "text", nullable: false),
                    By = table.Column<string>(type: "text", nullable: false),
                    Message = table.Column<string>(type: "text", nullable: false),
                    FenceMs = table.Column<double>(type: "double precision", nullable: true),
                    Verified = table.Column<long>(type: "bigint", nullable: true),
                    At = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_data_move", x => x.Module);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "data_move",
                schema: "dial");

            migrationBuilder.DropColumn(
                name: "DataEpoch",
                schema: "dial",
                table: "process");
        }
    }
}
