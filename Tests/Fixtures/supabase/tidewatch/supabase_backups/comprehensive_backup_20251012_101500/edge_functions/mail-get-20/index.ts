import { serve } from "../_shared/serve.ts";

// mail-get-20
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "mail-get-20", id }));
});
