using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Streaming.Users.Data.Migrations.Postgres
{
    /// <inheritdoc />
    internal partial class ParkEvents : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "LastError",
                schema: "users",
                table: "outbox",
                type: "character varying(1000)",
                maxLength: 1000,
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "ParkedAt",
                schema: "users",
                table: "outbox",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_outbox_ParkedAt",
                schema: "users",
                table: "outbox",
                column: "ParkedAt");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_outbox_ParkedAt",
                schema: "users",
                table: "outbox");

            migrationBuilder.DropColumn(
                name: "LastError",
                schema: "users",
                table: "outbox");

            migrationBuilder.DropColumn(
                name: "ParkedAt",
                schema: "users",
                table: "outbox");
        }
    }
}
